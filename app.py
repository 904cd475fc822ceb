"""Entry point of the CDK command line: `cdk synth`, `cdk diff`, `cdk deploy`."""

import os
import sys

from aws_cdk import App, Validations
from cdk_nag import AwsSolutionsChecks

from infra.config import Place
from infra.options import ConfigError
from infra.stack import PitcrewStack

app = App()
place = Place(
    account=os.environ.get("CDK_DEFAULT_ACCOUNT"),
    region=os.environ.get("CDK_DEFAULT_REGION"),
    copy=app.node.try_get_context("copy"),
)
try:
    PitcrewStack(app, place)
except ConfigError as error:
    sys.exit(str(error))
Validations.of(app).add_plugins(AwsSolutionsChecks())
app.synth()
