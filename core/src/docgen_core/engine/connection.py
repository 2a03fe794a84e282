"""Finds the server and the model of a run: LM Studio, or a server that a plugin starts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import attrs

from docgen_core.api import ServerOptions, ServerProvider
from docgen_core.engine.hosting import HostedServer, start_server
from docgen_core.engine.loop import off_loop
from docgen_core.errors import ConnectError, NoModelError
from docgen_core.lmstudio.address import normalise_base_url
from docgen_core.lmstudio.types import Endpoint, ModelInfo, ServerInfo, Timeouts
from docgen_core.model import Generation
from docgen_core.plugins import SERVERS, Registry
from docgen_core.plugins.status import Status
from docgen_core.settings import OrchestrationConfig

if TYPE_CHECKING:
    from docgen_core.lmstudio.client import Client

__all__ = ["Connection", "connect"]


@attrs.frozen(kw_only=True, eq=False)
class Connection:
    """An open way to a model.

    Attributes:
        client: The HTTP client.
        info: What discovery found.
        models: The chosen model, then the fallbacks that the server has.
        generation: Sampling defaults that suit the model.
        description: One sentence for people.
        notices: What the user should know about the choice.
        started: The server that docgen started itself, or None.
    """

    client: Client
    info: ServerInfo
    models: tuple[ModelInfo, ...]
    generation: Generation = attrs.field(factory=Generation)
    description: str = ""
    notices: tuple[str, ...] = ()
    started: HostedServer | None = None

    async def close(self) -> None:
        """Close the client and stop the server that docgen started."""
        try:
            await self.client.close()
        finally:
            if self.started is not None:
                await self.started.stop()


async def connect(config: OrchestrationConfig, registry: Registry) -> Connection:
    """Open the way to a model, as `config.server` says.

    `auto` means LM Studio if it answers; otherwise the first installed server plugin, unless the
    user named an address.

    Raises:
        ServerError: no server, no model, or not authorised.
        PluginError: the server plugin that was asked for is missing or broken.
    """
    if config.server == "lmstudio":
        return await _open(config, config.lm_studio_base_url)
    if config.server != "auto":
        return await _start(config, registry, config.server)
    try:
        return await _open(config, config.lm_studio_base_url)
    except ConnectError as error:
        installed = () if _named_address(config) else registry.names(SERVERS)
        if not installed:
            raise _nothing_answers(config, error) from error
        notice = (
            f"LM Studio does not answer at {config.lm_studio_base_url}; "
            f"using the {installed[0]} server"
        )
        connection = await _start(config, registry, installed[0])
        return attrs.evolve(connection, notices=(notice, *connection.notices))


def _named_address(config: OrchestrationConfig) -> bool:
    default = attrs.fields(OrchestrationConfig).lm_studio_base_url.default
    return "lm_studio_base_url" in config.explicit or config.lm_studio_base_url != default


def _nothing_answers(config: OrchestrationConfig, error: ConnectError) -> ConnectError:
    hint = "Start LM Studio's server (Developer page, or `lms server start`)"
    if _named_address(config):
        hint += ", or correct the address (--base-url)."
    else:
        hint += ", or `pip install docgen-plugin-embedded` for a small demonstration model."
    return ConnectError(str(error), hint=hint)


async def _open(config: OrchestrationConfig, base_url: str) -> Connection:
    from docgen_core.lmstudio.choice import choose_model

    client = _client(config, base_url, key=config.lm_studio_api_key)
    try:
        info = await client.discover()
        wanted = _wanted(config)
        choice = choose_model(info, wanted)
    except BaseException:
        await client.close()
        raise
    return Connection(
        client=client,
        info=info,
        models=(choice.model, *_fallbacks(info, wanted, choice.model)),
        description=f"{info.kind} at {info.base_url}",
        notices=(choice.notice,) if choice.notice else (),
    )


def _client(config: OrchestrationConfig, base_url: str, *, key: str | None) -> Client:
    from docgen_core.lmstudio.client import Client

    return Client(
        Endpoint(base_url=normalise_base_url(base_url), api_key=key),
        timeouts=Timeouts(
            connect=config.connect_timeout,
            first_token=config.first_token_timeout,
            gap=config.request_timeout,
            total=config.total_timeout,
        ),
    )


def _wanted(config: OrchestrationConfig) -> tuple[str, ...]:
    first = () if config.model_name is None else (config.model_name,)
    return (*first, *config.fallback_models)


def _fallbacks(info: ServerInfo, wanted: Sequence[str], chosen: ModelInfo) -> tuple[ModelInfo, ...]:
    """The other wanted models that the server has, in the user's order."""
    from docgen_core.lmstudio.choice import choose_model

    found: list[ModelInfo] = []
    for name in wanted:
        try:
            model = choose_model(info, (name,)).model
        except NoModelError:
            continue
        if model != chosen and model not in found and not choose_model(info, (name,)).notice:
            found.append(model)
    return tuple(found)


async def _start(config: OrchestrationConfig, registry: Registry, name: str) -> Connection:
    # The registry has checked that it is one.
    provider = cast(
        "ServerProvider",
        await off_loop(lambda: registry.load_object(SERVERS, name), label=f"loading {name}"),
    )
    started = await start_server(
        provider, _options(config, name), label=_release_of(registry, name)
    )
    try:
        return await _open_started(config, started, name)
    except BaseException:
        await started.stop()
        raise


async def _open_started(
    config: OrchestrationConfig, started: HostedServer, name: str
) -> Connection:
    client = _client(config, started.base_url, key=None)
    try:
        info = await client.discover()
        model = _first_model(info, name)
    except BaseException:
        await client.close()
        raise
    return Connection(
        client=client,
        info=info,
        models=(attrs.evolve(model, loaded=True),),
        generation=started.generation,
        description=started.description,
        started=started,
    )


def _first_model(info: ServerInfo, name: str) -> ModelInfo:
    for model in info.models:
        if not model.embedding:
            return model
    raise NoModelError(f"the {name} server offers no model")


def _release_of(registry: Registry, name: str) -> str:
    infos = (item for item in registry.plugins() if (item.group, item.name) == (SERVERS, name))
    return next((item.release for item in infos if item.status is Status.ACTIVE), name)


def _options(config: OrchestrationConfig, name: str) -> ServerOptions:
    return ServerOptions(
        model=config.model_name,
        slots=config.concurrency,
        settings=config.settings.get(name, {}),
        folder=config.settings_folder,
    )
