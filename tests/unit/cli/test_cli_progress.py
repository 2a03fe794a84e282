"""The board, the sentences and the table that show a run."""

from __future__ import annotations

import io

import attrs
import pytest
from rich.console import Console

from docgen_core.cli.progress.board import Board, Row, State
from docgen_core.cli.progress.lines import event_line, result_line
from docgen_core.cli.progress.live import LiveDisplay
from docgen_core.cli.progress.stream import StreamDisplay
from docgen_core.cli.progress.table import make_table
from docgen_core.errors import GenerationError
from docgen_core.events import (
    AttemptFailed,
    AttemptFinished,
    AttemptStarted,
    DeliverableFinished,
    DeliverableStarted,
    Notice,
    RunFinished,
    RunStarted,
    ServerChosen,
    TextArrived,
)
from docgen_core.model import DeliverableId, DeliverableResult, Usage

STARTED = RunStarted(run_id="r", deliverables=("a", "b"), titles=("Part A", "Part B"))
DONE = DeliverableResult(
    deliverable_type=DeliverableId("a"),
    title="Part A",
    content="x",
    execution_time=12.0,
    time_to_first_token=2.0,
    usage=Usage(prompt_tokens=100, completion_tokens=50),
)
FAILED = DeliverableResult(
    deliverable_type=DeliverableId("b"), success=False, error=GenerationError("it\nbroke")
)


class Clock:
    """Time that passes only when the test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Give the time."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock at zero."""
    return Clock()


@pytest.fixture
def board(clock: Clock) -> Board:
    """A board that has heard that the run started."""
    made = Board(clock)
    made(STARTED)
    return made


def _row(board: Board, key: str) -> Row:
    return next(row for row in board.rows if row.id == key)


def test_rows_stand_in_the_order_of_the_plan(board: Board) -> None:
    """One row per deliverable, all waiting."""
    assert [(row.title, row.state) for row in board.rows] == [
        ("Part A", State.WAITING),
        ("Part B", State.WAITING),
    ]


def test_pieces_are_counted_and_timed(board: Board, clock: Clock) -> None:
    """Tokens, rate and time follow the pieces as they arrive."""
    board(DeliverableStarted(deliverable="a"))
    assert _row(board, "a").state is State.WAITING
    board(AttemptStarted(deliverable="a", attempt=1, model="m"))
    assert _row(board, "a").state is State.READING
    clock.now = 1.0
    for _ in range(11):
        board(TextArrived(deliverable="a", text="x"))
    clock.now = 6.0
    row = _row(board, "a")
    assert (row.state, row.tokens, board.rate(row), board.elapsed(row)) == (
        State.WRITING,
        11,
        2.0,
        6.0,
    )


def test_reasoning_is_life_and_no_text(board: Board) -> None:
    """Minutes of reasoning look different from a server that hangs."""
    board(AttemptStarted(deliverable="a", attempt=1, model="m"))
    states = []
    for text in ("", "", "x"):
        board(TextArrived(deliverable="a", text=text))
        states.append(board.rows[0].state)
    assert states == [State.THINKING, State.THINKING, State.WRITING]
    assert board.rows[0].tokens == 3


def test_a_new_attempt_counts_from_zero(board: Board) -> None:
    """What a failed attempt wrote does not count."""
    board(TextArrived(deliverable="a", text="x"))
    board(AttemptFailed(deliverable="a", attempt=1, error=GenerationError("no"), retry_in=1.0))
    assert _row(board, "a").state is State.RETRYING
    board(AttemptStarted(deliverable="a", attempt=2, model="m"))
    assert (_row(board, "a").tokens, board.rate(_row(board, "a"))) == (0, None)


ANSWERED = AttemptFinished(
    deliverable="a", attempt=1, usage=Usage(completion_tokens=51), finish_reason="stop"
)


def test_the_end_brings_the_servers_own_count(board: Board, clock: Clock) -> None:
    """50 tokens in the 10 seconds after the first one, however long it waited before."""
    clock.now = 30.0
    board(AttemptStarted(deliverable="a", attempt=1, model="m"))
    clock.now = 32.0
    board(TextArrived(deliverable="a", text="x"))
    clock.now = 42.0
    board(ANSWERED)
    board(DeliverableFinished(result=DONE))
    row = _row(board, "a")
    assert (row.state, row.tokens, board.rate(row)) == (State.DONE, 50, 5.0)
    assert board.elapsed(row) == 12.0


def test_an_answer_from_the_cache_has_no_rate(board: Board, clock: Clock) -> None:
    """Nobody wrote it; its state says where it came from."""
    board(AttemptStarted(deliverable="a", attempt=1, model="m"))
    board(TextArrived(deliverable="a", text="x"))
    clock.now = 1.0
    board(attrs.evolve(ANSWERED, cached=True))
    board(DeliverableFinished(result=attrs.evolve(DONE, cached=True)))
    row = _row(board, "a")
    assert (row.state, board.rate(row)) == (State.CACHED, None)


def test_failed_and_reused(board: Board) -> None:
    """Other ends have states of their own and no figures."""
    board(DeliverableFinished(result=FAILED))
    board(DeliverableFinished(result=attrs.evolve(DONE, reused=True)))
    assert [row.state for row in board.rows] == [State.REUSED, State.FAILED]
    assert [board.rate(row) for row in board.rows] == [None, None]


def test_an_unknown_deliverable_gets_a_row(board: Board) -> None:
    """One that was left out of the plan still ends on the board."""
    other = attrs.evolve(FAILED, deliverable_type=DeliverableId("c"))
    board(DeliverableFinished(result=other))
    assert [row.id for row in board.rows] == ["a", "b", "c"]


def test_when_not_all_rows_fit_those_at_work_are_shown(clock: Clock) -> None:
    """A hundred rows in a small terminal: the ones at work first, then the last finished."""
    keys = tuple(f"k{number}" for number in range(100))
    board = Board(clock)
    board(RunStarted(run_id="r", deliverables=keys, titles=keys))
    for key in ("k3", "k4"):
        board(DeliverableFinished(result=attrs.evolve(DONE, deliverable_type=DeliverableId(key))))
    board(DeliverableStarted(deliverable="k50"))
    assert [row.id for row in board.visible(2)] == ["k4", "k50"]
    assert len(board.visible(100)) == 100


LINES = [
    (
        ServerChosen(base_url="u", model="m", description="server at u"),
        "server at u, model m",
    ),
    (ServerChosen(base_url="u", model="m1", description="A demo: m1."), "A demo: m1."),
    (Notice(message="two\nlines"), "two lines"),
    (
        AttemptFailed(deliverable="a", attempt=1, error=GenerationError("busy"), retry_in=2.0),
        "Part A: attempt 1 failed (busy); trying again in 2.0 s",
    ),
    (AttemptFailed(deliverable="a", attempt=4, error=GenerationError("no"), retry_in=None), None),
    (DeliverableFinished(result=DONE), "Part A: done, 50 tokens, 12.0 s"),
    (DeliverableFinished(result=FAILED), "b: failed: it broke"),
    (TextArrived(deliverable="a", text="x"), None),
    (STARTED, None),
    (RunFinished(success_count=1, error_count=0, elapsed=1.0), None),
]


@pytest.mark.parametrize(("event", "line"), LINES, ids=lambda value: type(value).__name__)
def test_line_of_an_event(board: Board, event: object, line: str | None) -> None:
    """Each event that matters is one line."""
    assert event_line(event, board) == line  # type: ignore[arg-type] # each is an event


def test_line_of_a_reused_result() -> None:
    """An unchanged section says so."""
    assert result_line(attrs.evolve(DONE, reused=True)) == "Part A: unchanged"


def _console(width: int) -> tuple[Console, io.StringIO]:
    buffer = io.StringIO()
    console = Console(file=buffer, width=width, height=24, force_terminal=True, color_system=None)
    return console, buffer


WIDTHS = [30, 40, 60, 80, 200]


@pytest.mark.parametrize("width", WIDTHS)
def test_table_fits_the_terminal(board: Board, width: int) -> None:
    """No line is wider than the terminal, and the state is always readable."""
    board(RunStarted(run_id="r", deliverables=("a", "b"), titles=("A very long title " * 4, "B")))
    board(DeliverableFinished(result=attrs.evolve(DONE, title="")))
    console, buffer = _console(width)
    console.print(make_table(board, board.rows, width=width))
    lines = buffer.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    assert "done" in buffer.getvalue()
    assert len(lines) == 4


@pytest.mark.parametrize("width", WIDTHS)
def test_the_live_table_fits_the_terminal(board: Board, clock: Clock, width: int) -> None:
    """Totals and last words are cut to the width, whatever arrives."""
    board(AttemptStarted(deliverable="a", attempt=2, model="m"))
    clock.now = 1.5
    board(TextArrived(deliverable="a", text='{"goals": ["' + "sell more bread " * 30))
    console, buffer = _console(width)
    console.print(make_table(board, board.rows, width=width, totals=True))
    shown = buffer.getvalue()
    assert max(map(len, shown.splitlines())) <= width
    assert "0 of 2 done" in shown
    assert "bread" in shown


def test_a_wide_table_says_all_that_is_known(board: Board, clock: Clock) -> None:
    """State with the attempt, time to first token, and the last words without JSON's marks."""
    board(AttemptStarted(deliverable="a", attempt=2, model="m"))
    clock.now = 1.5
    board(TextArrived(deliverable="a", text='{"goals": ["Sell \x1b[2Jmore'))
    console, buffer = _console(120)
    console.print(make_table(board, board.rows, width=120, totals=True))
    row = buffer.getvalue().splitlines()[2]
    assert "writing (2)" in row
    assert "1.5 s" in row
    assert "Goals: - Sell more" in row


def test_totals_add_up_what_is_going_on(board: Board, clock: Clock) -> None:
    """Two requests at once are as fast as both together."""
    for key in ("a", "b"):
        board(AttemptStarted(deliverable=key, attempt=1, model="m"))
        for _ in range(11):
            board(TextArrived(deliverable=key, text="x"))
    clock.now = 5.0
    totals = board.totals()
    assert (totals.over, totals.rows, totals.tokens) == (0, 2, 22)
    assert (totals.rate, totals.seconds) == (4.0, 5.0)


def test_what_is_over_has_no_last_words(board: Board) -> None:
    """The line below the table shows only what is being written."""
    board(TextArrived(deliverable="a", text="Sell"))
    assert board.latest() is _row(board, "a")
    board(DeliverableFinished(result=DONE))
    assert board.latest() is None


def test_a_terminal_that_changes_its_size_is_drawn_anew(board: Board) -> None:
    """The live view looks at the width each time it draws."""
    console, buffer = _console(120)
    display = LiveDisplay(console, board)
    console.print(display)
    console.width = 60
    wide = len(buffer.getvalue())
    console.print(display)
    shown = buffer.getvalue()[wide:].rpartition("\x1b[2K")[2]
    assert max(map(len, shown.splitlines())) <= 60


def _writing(board: Board, words: str) -> None:
    board(AttemptStarted(deliverable="a", attempt=1, model="m"))
    board(TextArrived(deliverable="a", text=words))


def test_the_last_line_leaves_room_for_what_a_terminal_writes_at_an_interruption(
    board: Board,
) -> None:
    """A `^C` that wrapped into a new line would leave the table's first line behind."""
    _writing(board, "Sell more bread " * 30)
    console, buffer = _console(60)
    console.print(LiveDisplay(console, board))
    assert len(buffer.getvalue().rstrip("\n").splitlines()[-1]) <= 60 - 4


@pytest.mark.parametrize(("width", "ends"), [(60, "bread. "), (130, "bread. "), (200, "bread. ")])
def test_the_newest_words_are_shown(board: Board, width: int, ends: str) -> None:
    """It is the beginning that is left out, letters of East Asia or not."""
    _writing(board, "A shop. 販売を増やす計画を立てます。" * 12 + ends)
    console, buffer = _console(width)
    console.print(LiveDisplay(console, board))
    shown = buffer.getvalue()
    assert f"…{ends.strip()}" not in shown
    assert any(line.rstrip().endswith(ends.strip()) for line in shown.splitlines())


def test_rows_that_do_not_fit_are_counted(clock: Clock) -> None:
    """A reader of a small terminal knows that there are more."""
    keys = tuple(f"k{number}" for number in range(40))
    board = Board(clock)
    board(RunStarted(run_id="r", deliverables=keys, titles=keys))
    console, buffer = _console(80)
    console.print(LiveDisplay(console, board))
    assert "0 of 40 done, 23 not shown" in buffer.getvalue()


@pytest.mark.parametrize(
    ("variables", "lines"), [({"TERM": "xterm-256color"}, 2), ({"TERM": "linux"}, 0)]
)
def test_a_terminal_made_narrower_is_cleared_of_what_it_wrapped(
    board: Board, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], lines: int
) -> None:
    """The header, the rule and nothing else were longer; one that wraps nothing is left alone."""
    for name in ("XTERM_VERSION", "STY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", variables["TERM"])
    console, buffer = _console(80)
    display = LiveDisplay(console, board)
    console.print(display)
    console.width = 60
    before = len(buffer.getvalue())
    console.print(display)
    assert buffer.getvalue()[before:].count("\x1b[1A\x1b[2K") == lines


def test_title_is_text_not_markup(board: Board) -> None:
    """A title with brackets or escapes is shown as it is, without the escapes."""
    board(RunStarted(run_id="r", deliverables=("a",), titles=("[red]x[/red] \x1b[2Jy",)))
    console, buffer = _console(80)
    console.print(make_table(board, board.rows, width=80))
    assert "[red]x[/red] y" in buffer.getvalue()


#: Text as a model may send it, hostile parts included.
PIECES = ["Hello [bold]", " wor", "ld\x1b[2J", "\x1b", "]0;title\x07", " :smile:\n", "end"]


def test_stream_shows_the_text_as_it_is(board: Board) -> None:
    """Markup and escapes in the text do nothing."""
    console, buffer = _console(80)
    with StreamDisplay(console, board) as display:
        display(DeliverableStarted(deliverable="a"))
        for piece in PIECES:
            display(TextArrived(deliverable="a", text=piece))
        display(DeliverableFinished(result=DONE))
    shown = buffer.getvalue()
    assert "Part A\nHello [bold] world" in shown
    assert ":smile:\nend\nPart A: done" in shown
    assert "\x1b[2J" not in shown
    assert "\x07" not in shown


def test_live_table_goes_away_at_the_end(board: Board) -> None:
    """Notices stay above; the table is taken away for the summary."""
    console, buffer = _console(60)
    with LiveDisplay(console, board) as display:
        display(Notice(message="using the embedded server"))
        display(DeliverableStarted(deliverable="a"))
        display(DeliverableFinished(result=DONE))
    assert "using the embedded server" in buffer.getvalue()
    assert "Part B" in buffer.getvalue()
