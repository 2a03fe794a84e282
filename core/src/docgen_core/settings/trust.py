"""Whether a settings file that was only found, not named, may decide where the brief goes.

Such a file may have come with somebody else's folder. What it says about this machine alone is
harmless; an address elsewhere would be sent the brief and the token, so the user is asked once.
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
from pathlib import Path
from urllib.parse import urlsplit

import attrs

from docgen_core.errors import UsageError
from docgen_core.settings.load import LoadedSettings

__all__ = ["Claim", "TrustedClaims", "claim_of", "default_folder"]


@attrs.frozen(kw_only=True)
class Claim:
    """What a found settings file would do with the user's data.

    Attributes:
        file: The settings file.
        address: The server that it names, not on this machine.
        token: True when it also names the variable that holds the token.
    """

    file: Path
    address: str
    token: bool = False

    @property
    def mark(self) -> str:
        """A hash of the file's place and of what it claims; another claim has another one."""
        facts = [str(self.file.resolve()), self.address, self.token]
        return hashlib.sha256(json.dumps(facts).encode("utf-8", "surrogatepass")).hexdigest()

    def __str__(self) -> str:
        what = "your briefs, and the token that it names," if self.token else "your briefs"
        return f"{self.file} sends {what} to {self.address}"

    def refusal(self) -> UsageError:
        """The error for when nobody can be asked, or the answer is no."""
        return UsageError(
            f"{self}, and you have not said that you trust it",
            hint="Look at the file. To trust it: `docgen config trust`. To use your own server: "
            "--base-url or DOCGEN_BASE_URL.",
        )


def claim_of(loaded: LoadedSettings) -> Claim | None:
    """Find what a settings file would send away from this machine.

    Args:
        loaded: The settings, with their origins.

    Returns:
        The claim, or None when the address is the user's own choice or on this machine.
    """
    for file in loaded.files:
        address = loaded.config.lm_studio_base_url
        if loaded.origins["lm_studio_base_url"] == str(file) and not _on_this_machine(address):
            token = loaded.origins["lm_studio_api_key"] == str(file)
            return Claim(file=file, address=address, token=token)
    return None


def _on_this_machine(address: str) -> bool:
    host = (urlsplit(address).hostname or "").rstrip(".")
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


class TrustedClaims:
    """The claims that the user has said yes to: an own small file for each, named by its hash.

    Args:
        folder: Where they are kept; made when the first one is added.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __contains__(self, claim: Claim) -> bool:
        return self._file(claim).is_file()

    def add(self, claim: Claim) -> None:
        """Remember a yes.

        Raises:
            FileError: it cannot be written.
        """
        from docgen_core.store.atomic import make_folder, write_text

        make_folder(self._folder)
        write_text(self._file(claim), f"{claim}\n")

    def remove(self, claim: Claim) -> None:
        """Forget a yes; nothing happens when there was none.

        Raises:
            FileError: it cannot be removed.
        """
        from docgen_core.store.atomic import file_errors

        path = self._file(claim)
        with file_errors("remove", path):
            path.unlink(missing_ok=True)

    def _file(self, claim: Claim) -> Path:
        return self._folder / claim.mark


def default_folder() -> Path:
    """Where trusted claims are kept: the user's configuration folder."""
    import platformdirs

    return platformdirs.user_config_path("docgen", appauthor=False) / "trusted"
