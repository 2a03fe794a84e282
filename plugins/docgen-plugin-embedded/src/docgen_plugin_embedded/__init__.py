"""A model server inside docgen: llama.cpp in a child process, found as the server `embedded`.

Importing this module loads the public API of the core and nothing heavier; the model is looked
for, and the child process started, only when `provider.start` is called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs

from docgen_core.api import Generation, RunningServer, ServerOptions, ServerProvider

if TYPE_CHECKING:
    from docgen_plugin_embedded.child import Child

__all__ = ["EmbeddedProvider", "EmbeddedServer", "provider"]


@attrs.frozen(kw_only=True, eq=False)
class EmbeddedServer:
    """A llama.cpp server that runs for as long as this process does.

    Attributes:
        base_url: The OpenAI-compatible root, ending in `/v1`.
        description: One sentence for people: which model, and what to expect of it.
        generation: Sampling defaults that suit the model.
        pid: The process id of the server.
    """

    base_url: str
    description: str
    generation: Generation
    _child: Child

    @property
    def pid(self) -> int:
        """The process id of the server."""
        return self._child.pid

    def stop(self) -> None:
        """Stop the server and wait until it is gone. Calling it again does nothing."""
        self._child.stop()


@attrs.frozen
class EmbeddedProvider:
    """Starts llama.cpp's own HTTP server with one GGUF file."""

    def start(self, options: ServerOptions) -> EmbeddedServer:
        """Start the server on a free loopback port and wait until it answers.

        Args:
            options: `model` is the path of a GGUF file, or None for the demonstration model;
                `settings` may hold the keys of `EmbeddedSettings`.

        Raises:
            UsageError: `[settings.embedded]` holds an unknown key or an unusable value.
            ServerError: the model or llama.cpp is missing, or the server could not be started.
        """
        from docgen_plugin_embedded.child import launch
        from docgen_plugin_embedded.models import find_model
        from docgen_plugin_embedded.plan import describe, launch_plan, sampling_for
        from docgen_plugin_embedded.settings import EmbeddedSettings

        settings = EmbeddedSettings.from_mapping(options.settings)
        model = find_model(options.model)
        child, address = launch(
            launch_plan(model, options, settings),
            timeout=options.timeout,
            log_file=settings.log_path(options.folder),
        )
        return EmbeddedServer(
            base_url=f"{address}/v1",
            description=describe(model),
            generation=sampling_for(model),
            child=child,
        )


#: What the entry point `embedded` of the group `docgen.servers` loads.
provider: Final[ServerProvider] = EmbeddedProvider()


def _conforms(server: EmbeddedServer) -> RunningServer:
    """Let the type checker hold `EmbeddedServer` to the protocol."""
    return server
