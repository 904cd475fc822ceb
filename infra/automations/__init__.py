"""The automations: a folder each, found by its name (`infra.automation.discover`)."""
