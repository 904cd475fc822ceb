"""The bugs that are planted: what would harm, each as an edit of the product, and the test that finds it.

Over 120 lines because it is a table.
"""

from tests.simulation.planted_bugs import Bug, Edit

PODS_FIRST = """    for pod in facts.pods:
        if releases.is_pod_due(facts, pod):
            return Act(kind=Kind.RELEASE_POD, on=pod)
"""
ATTACHMENTS_FIRST = """    for attachment in facts.attachments:
        if kind := _of_attachment(facts, attachment):
            return Act(kind=kind, on=attachment)
"""

BUGS = (
    Bug(
        "no uid on the pod patch",
        "test_races.py::test_a_pod_that_was_replaced_while_we_looked_is_not_touched",
        (Edit("writes.py", 'body = {"metadata": {"uid": pod.uid}, "status"', 'body = {"status"'),),
    ),
    Bug(
        "no silence check",
        "test_races.py::test_a_stopped_machine_whose_kubelet_still_speaks_is_not_released",
        (Edit("decision/rules.py", "return node is not None and not is_silent(facts, node)", "return False"),),
    ),
    Bug(
        "VolumeAttachment before pods",
        "test_cases_world.py::test_case_55_before_the_taint_was_heeded_the_pod_goes_before_its_attachment",
        (
            Edit("decision/acts.py", PODS_FIRST + ATTACHMENTS_FIRST, ATTACHMENTS_FIRST + PODS_FIRST),
            Edit("decision/releases.py", "is not None or binds(facts, attachment.volume):", "is not None:"),
        ),
    ),
    Bug(
        "hibernation ignored",
        "test_stories.py::test_a_story_ends_well[hibernated]",
        (Edit("decision/rules.py", "holds=lambda facts: facts.instance.is_hibernated", "holds=lambda _facts: False"),),
    ),
    Bug(
        "finalizers: null",
        "test_races.py::test_finalizers_of_others_stay",
        (
            Edit(
                "writes.py",
                'return [*_test({path: value}), {"op": "remove", "path": path}]',
                'return [{"op": "remove", "path": "/metadata/finalizers"}]',
            ),
        ),
    ),
    Bug(
        "detach on stopping",
        "test_cases_world.py::test_case_09_nothing_is_detached_from_a_machine_that_is_stopping",
        (
            Edit(
                "decision/rules.py",
                "holds=lambda facts: facts.instance.state.is_dying",
                "holds=lambda facts: facts.instance.state is State.SHUTTING_DOWN",
            ),
            Edit("decision/releases.py", "if facts.instance.state is not State.STOPPED or volume", "if volume"),
        ),
    ),
    Bug(
        "whole taint list lost",
        "test_races.py::test_taints_of_others_stay",
        (Edit("writes.py", "_taints([*map(dict, node.taints), OUT_OF_SERVICE])", "_taints([OUT_OF_SERVICE])"),),
    ),
    Bug(
        "name instead of node-id",
        "test_cases_world.py::test_case_20_an_attachment_made_anew_for_the_new_machine_is_its_own",
        (
            Edit(
                "census.py",
                "return tuple(one for one in self.attachments if one.instance == instance)",
                "names = [one.name for one in self.nodes.values() if one.provider_instance == instance]\n"
                "        return tuple(one for one in self.attachments if one.node_name in names)",
            ),
        ),
    ),
    Bug(
        "hold never removed",
        "test_stories.py::test_a_story_ends_well[terminated_while_held]",
        (Edit("decision/marks.py", "return is_over or is_back or not facts.attachments or", "return False and"),),
    ),
    Bug(
        "somebody else's taint removed",
        "test_cases_world.py::test_case_54_a_taint_that_somebody_else_has_put_on_the_node_of_a_new_machine_stays",
        (
            Edit("decision/marks.py", "if not node.is_tainted_by_us:", "if not node.is_tainted:"),
            Edit("writes.py", "_taints(without_ours(node)), gone]", "_taints(without_ours(node))]"),
        ),
    ),
    Bug(
        "row 10 on a live node",
        "test_cases_world.py::test_case_19_neither_the_node_nor_the_pods_of_a_new_machine_are_touched",
        (
            Edit(
                "decision/rules.py",
                "return facts.node is not None and not facts.node.is_of(facts.instance.id)",
                "return False",
            ),
        ),
    ),
    Bug(
        "Force set",
        "test_stories.py::test_a_story_ends_well[same_node_name]",
        (Edit("volumes.py", "InstanceId=instance)", "InstanceId=instance, Force=True)"),),
    ),
    Bug(
        "pod deleted in the same breath as the taint",
        "test_stories.py::test_a_story_ends_well[stopped]",
        (Edit("decision/releases.py", "return facts.now - tainted_at >= facts.policy.eviction", "return True"),),
    ),
    Bug(
        "strip while the volume is here",
        "test_cases_world.py::test_case_30_an_attachment_of_a_volume_that_we_may_not_detach_is_not_stripped",
        (
            Edit(
                "decision/releases.py",
                " not in attachment.finalizers or not is_off(facts, attachment)",
                " not in attachment.finalizers",
            ),
        ),
    ),
)
