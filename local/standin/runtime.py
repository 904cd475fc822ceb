"""Functions run by AWS's own runtime client (awslambdaric) on the interpreter that runs the stand-in.

ministack alone runs Python functions through a script of its own, in its own environment, and every error is
`Runtime.HandlerError`. It speaks the Lambda Runtime API too, for `provided.*` functions; here Python functions take
that way: a `bootstrap` beside the code starts awslambdaric, and nothing is importable but what Lambda has.
"""
# ruff: noqa: SLF001 - the seams of ministack are private names; tests/local/test_seams.py holds them

import os
import tempfile
import threading
import time
from typing import Any

from ministack.core import lambda_runtime
from ministack.core.lambda_runtime import ProvidedWorker
from ministack.services import lambda_svc

from local.standin.runtime_folders import layers_folder, runtime_folder, task_folder

_IDLE_SECONDS = 5.0
"""An environment that has waited so long ends, as in Lambda after minutes: each holds some 65 MB."""


def install() -> None:
    """Let Python functions take the way of `provided.*` ones."""
    lambda_runtime._worker_class_for = lambda _config: PythonWorker
    lambda_svc._execute_function_warm = lambda_svc._execute_function_provided_warm
    lambda_svc._provided_runtime_code_dir = task_folder
    lambda_svc._provided_worker_env = _environment
    threading.Thread(target=_end_idle, daemon=True).start()


def _end_idle() -> None:
    """End environments that wait, for ever; ministack alone keeps one of each function."""
    while True:
        time.sleep(_IDLE_SECONDS / 4)
        end_idle(time.time() - _IDLE_SECONDS)


def end_idle(since: float) -> None:
    """End the environments that have not been used *since*; a function that is called again starts anew."""
    idle = []
    with lambda_runtime._lock:
        for key, workers in lambda_runtime._workers.items():
            waiting = [one for one in workers if not one.in_use and one.last_used < since]
            lambda_runtime._workers[key] = [one for one in workers if one not in waiting]
            idle += waiting
    lambda_runtime.kill_workers(idle)


class PythonWorker(ProvidedWorker):  # type: ignore[misc]  # ministack has no types
    """One execution environment of a function."""

    def invoke(self, event: object, request_id: str, **context: Any) -> dict[str, Any]:  # noqa: ANN401  ministack's
        """Run one invocation. A module that cannot be imported is the function's error, with its log."""
        try:
            outcome: dict[str, Any] = super().invoke(event, request_id, **context)
        except RuntimeError:
            if not isinstance(self._init_error, dict):
                raise
            return {"status": "error", "error_payload": self._init_error, "log": self._drain_stderr()}
        return outcome

    def _drain_stderr_bounded(self, first_line_wait: float = 0.2, idle_confirm: float = 0.02, **_: float) -> str:
        """Collect the log of one invocation, with more patience than ministack's: two busy cores are slow."""
        log: str = super()._drain_stderr_bounded(first_line_wait, idle_confirm, hard_cap=1.0)
        return log


def _environment(config: dict[str, Any], code_dir: str, port: int) -> dict[str, str]:
    """Return all that a function's process sees, as Lambda sets it.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
    """
    own = lambda_svc._runtime_env_vars(config)
    python_path = [code_dir, str(layers_folder(config) / "python"), str(runtime_folder())]
    return {
        "AWS_ENDPOINT_URL": os.environ["AWS_ENDPOINT_URL"],
        **own,
        **lambda_runtime.execution_credentials(config),
        **_described(config),
        "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{port}",
        "LAMBDA_TASK_ROOT": code_dir,
        "LAMBDA_RUNTIME_DIR": str(runtime_folder()),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(python_path),
        "TMPDIR": tempfile.gettempdir(),
        "_HANDLER": config["Handler"],
    }


def _described(config: dict[str, Any]) -> dict[str, str]:
    region = config["FunctionArn"].split(":")[3]
    logging = config.get("LoggingConfig") or {}
    log_settings = {
        "AWS_LAMBDA_LOG_FORMAT": logging.get("LogFormat"),
        "AWS_LAMBDA_LOG_LEVEL": logging.get("ApplicationLogLevel"),
    }
    return {
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{config['Runtime']}",
        "AWS_LAMBDA_FUNCTION_NAME": config["FunctionName"],
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(config.get("MemorySize", 128)),
        "AWS_LAMBDA_FUNCTION_VERSION": config.get("Version", "$LATEST"),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": logging.get("LogGroup") or f"/aws/lambda/{config['FunctionName']}",
        "AWS_LAMBDA_LOG_STREAM_NAME": f"[{config.get('Version', '$LATEST')}]",
        **{name: value for name, value in log_settings.items() if value},
    }
