"""Tests of what is deployed: assertions on one synthesised template."""
