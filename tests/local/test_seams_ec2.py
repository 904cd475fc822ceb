"""What EC2 on the stand-in takes from moto, and where it takes ministack's place: an upgrade fails here first.

The private names of ministack are in test_seams.py and test_seams_aws.py.
"""

import importlib
import inspect

import pytest

SEAMS = {
    "ministack.app:SERVICE_HANDLERS": "dict",
    "ministack.services.ec2:handle_request": "(method, path, headers, body, query_params)",
    "moto.core.request:Request.from_primitives": "(method, url, headers, body)",
    "moto.core.responses:BaseResponse._get_bool_param": "(self, param_name, if_none)",
    "moto.core.responses:BaseResponse._get_param": "(self, param_name, if_none)",
    "moto.core.responses:BaseResponse.call_action": "(self)",
    "moto.core.responses:BaseResponse.dispatch": "(*args, **kwargs)",
    "moto.ec2.models.elastic_block_store:EBSBackend.describe_volumes": "(self, volume_ids, filters)",
    "moto.ec2.models.elastic_block_store:EBSBackend.detach_volume": "(self, volume_id, instance_id, device_path)",
    "moto.ec2.models.elastic_block_store:EBSBackend.get_volume": "(self, volume_id)",
    "moto.ec2.models.elastic_block_store:VolumeAttachment": "(volume, instance, device, status)",
    "moto.ec2.models.instances:Instance.stop": "(self)",
    "moto.ec2.models.instances:Instance.terminate": "(self)",
    "moto.ec2.models.instances:InstanceBackend.get_multi_instances_by_id": "(self, instance_ids, filters)",
    "moto.ec2.models.instances:InstanceState": "(name, code)",
    "moto.ec2.models.instances:StateReason": "(message, code)",
    "moto.ec2.responses:EC2Response._filters_from_querystring": "(self)",
    "moto.ec2.responses:EC2Response.attach_volume": "(self)",
    "moto.ec2.responses:EC2Response.describe_volumes": "(self)",
    "moto.ec2.responses:EC2Response.detach_volume": "(self)",
    "moto.ec2.responses:EC2Response.error_on_dryrun": "(self)",
    "moto.ec2.responses:EC2Response.run_instances": "(self)",
    "moto.ec2.responses:EC2Response.start_instances": "(self)",
    "moto.ec2.responses:EC2Response.stop_instances": "(self)",
    "moto.ec2.responses:EC2Response.terminate_instances": "(self)",
}
"""A function's parameters by name, or what kind of store it is."""


@pytest.mark.parametrize(("seam", "expected"), SEAMS.items())
def test_seam_is_as_it_was(seam: str, expected: str) -> None:
    module, _, path = seam.partition(":")
    found: object = importlib.import_module(module)
    for name in path.split("."):
        found = getattr(found, name)

    shown = f"({', '.join(_parameters(found))})" if callable(found) else type(found).__name__

    assert shown == expected


def test_moto_keeps_an_instances_state_and_a_volumes_holder_where_we_change_them() -> None:
    instances = importlib.import_module("moto.ec2.models.instances")
    volumes = importlib.import_module("moto.ec2.models.elastic_block_store")

    assert "self._state = InstanceState" in inspect.getsource(instances.Instance.__init__)
    assert "volume.attachment = VolumeAttachment" in inspect.getsource(volumes.EBSBackend.attach_volume)
    assert "instance.block_device_mapping[device_path] = " in inspect.getsource(volumes.EBSBackend.attach_volume)


def _parameters(found: object) -> list[str]:
    empty = inspect.Parameter.empty
    shown = inspect.signature(found).parameters.values()  # type: ignore[arg-type]  # the caller asked callable()
    return [str(parameter.replace(annotation=empty, default=empty)) for parameter in shown]
