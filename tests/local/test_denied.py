"""What the deployed policies must not allow is denied by them, word for word, and what the functions do is allowed."""

import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.stage import Stage
from local.stories.proxy_protocol import ATTRIBUTE
from tests.local.groups import Groups
from tests.local.policies import Client, Role

SERVICE = {"kubernetes.io/service-name": "shop/web"}
OTHER_CONTROLLER = {"elbv2.k8s.aws/cluster": "demo"}
OUR_MARK, ANOTHER_KEY = "pitcrew:attributes-applied", "kubernetes.io/service-name"

WRITERS, READER = ("OnEvent", "Sweep", "Apply"), "Plan"
