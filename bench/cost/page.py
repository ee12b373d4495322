"""The generated blocks of docs/cost.md. Pure, but for reading what is kept: no operation runs here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from bench.cost import counted, prices
from bench.cost.model import Bill, Choice, Model, Size, scaled
from bench.cost.prices import Price, charge
from bench.processes import ROOT
from scripts import functions_manifest

PATH = "docs/cost.md"
ALERTS = ROOT / "terraform" / "modules" / "watch" / "alerts.tf"
SIZES = (Size("a team", 10, 300), Size("an agency", 300, 10_000), Size("a platform", 10_000, 300_000))
GROUPS: Mapping[str, Sequence[str]] = {
    "functions": ("requests", "vcpu seconds", "gib seconds"),
    "Firestore": ("reads", "writes", "deletes", "stored gib"),
    "Cloud Tasks": ("tasks",),
    "Pub/Sub": ("message bytes",),
    "files": ("file writes", "file reads", "file gib"),
    "sent to the internet": ("sent gib",),
    "logs": ("log gib",),
    "Scheduler": ("jobs",),
    "secrets": ("secret versions", "secret accesses"),
}
UNITS = ("requests", "reads", "writes", "deletes", "tasks", "vcpu seconds")
Line = tuple[str, Bill]


def model(choice: Choice | None = None) -> Model:
    """Of what is kept, the manifest and terraform's alerts."""
    functions = {str(row["name"]): row for row in functions_manifest.rows()}
    return Model(counted.load(), prices.assumptions(), functions, alerts(), choice or Choice())


def alerts() -> int:
    """How many conditions terraform makes: a row of ``local.alerts`` each."""
    block = ALERTS.read_text().partition("\nresource ")[0]
    return len(re.findall(r"^ +(?!for\b)\w+ += \{ *(?:limit\b.*)?$", block, re.MULTILINE))


def blocks() -> dict[str, str]:
    """Every block by its marker's name."""
    known, made = prices.load(), model()
    makers: dict[str, Callable[[Model, Mapping[str, Price]], str]] = {
        "posts": posts,
        "accounts": accounts,
        "webhooks": webhooks,
        "fixed": fixed,
        "months": months,
        "secrets": secrets,
        "levers": levers,
    }
    found = {f"cost-{name}": maker(made, known) for name, maker in makers.items()}
    return found | {"cost-assumptions": assumed(made), "cost-prices": priced(known)}


def posts(made: Model, known: Mapping[str, Price]) -> str:
    """1,000 posts to one account each."""
    lines = [("a text", made.mean("text")), ("with an image", made.mean("image", "image"))]
    lines += [("with a video", made.mean("video", "video")), ("a read of the API", made.read())]
    spread = [
        _spread(made, known, scene, file) for scene, file in (("text", ""), ("image", "image"), ("video", "video"))
    ]
    return f"{_thousand(lines, known)}\n\nLeast and most by network: {'; '.join(spread)}."


def accounts(made: Model, known: Mapping[str, Price]) -> str:
    """One account for a month, by network."""
    rows = []
    for name, case in made.counted.scenes["kept"].items():
        bill = scaled(made.case(case), prices.DAYS / 30)
        rows.append([name, *(number(bill[unit]) for unit in UNITS), money(total(bill, known))])
    mean = made.account()
    rows.append(["**mean**", *(number(mean[unit]) for unit in UNITS), money(total(mean, known))])
    return _table(["network", *UNITS, "a month"], rows)


def webhooks(made: Model, known: Mapping[str, Price]) -> str:
    """1,000 events in and out."""
    return _thousand(
        [("in: a network's delivery", made.mean("inbound")), ("out: to one endpoint", made.outbound())], known
    )


def fixed(made: Model, known: Mapping[str, Price]) -> str:
    """A month in which nothing happens."""
    rows = []
    for name, bill in made.idle().items():
        reads = bill["reads"] / made.runs(name)
        said = f"{made.runs(name):,.0f} runs, {number(reads)} read each"
        rows.append([f"schedule: `{name}`", said, money(total(bill, known))])
    standing = made.standing()
    for item, amount in standing.items():
        rows.append([known[item].name, f"{amount:,.0f}", money(known[item].of(amount))])
    rows.append(["**together, where nothing happens**", "", money(total(made.month(Size("", 0, 0)), known))])
    rows.append(["**together, beyond the free tiers**", "", money(total(made.month(Size("", 0, 0)), known, free=True))])
    said = f"{made.alerts} conditions"
    rows.append(["on top, where Google bills alerts", said, money(total(made.watched(), known))])
    rows.append(["if chosen: one warm instance of the `api`", "`min_instances`", money(total(made.warm(), known))])
    edge = total({"balancers": 1.0, "armor": 1.0}, known)
    rows.append(["if chosen: load balancer and Cloud Armor", "`domain`", money(edge)])
    return _table(["what", "amount", "a month"], rows)


def months(made: Model, known: Mapping[str, Price]) -> str:
    """Whole months at three sizes."""
    bills = [charge(known, made.month(size)) for size in SIZES]
    beyond = [charge(known, made.month(size), free=True) for size in SIZES]
    rows = []
    for name, items in GROUPS.items():
        both = [
            (sum(one.get(item, 0) for item in items), sum(two.get(item, 0) for item in items))
            for one, two in zip(bills, beyond, strict=True)
        ]
        rows.append([name, *(f"{money(one)} ({money(two)})" for one, two in both)])
    sums = [(sum(one.values()), sum(two.values())) for one, two in zip(bills, beyond, strict=True)]
    rows.append(["**together**", *(f"**{money(one)}** ({money(two)})" for one, two in sums)])
    rows.append(
        ["for 1,000 posts", *(money(one / size.posts * 1000) for (one, _), size in zip(sums, SIZES, strict=True))]
    )
    heads = [f"{size.name}: {size.accounts:,} accounts, {size.posts:,} posts" for size in SIZES]
    return _table(["", *heads], rows)


def secrets(made: Model, known: Mapping[str, Price]) -> str:
    """A secret for each account, beside the sealed store."""
    each = replace(made, choice=Choice(per_account=True))
    rows = []
    for size in SIZES:
        sealed, apart = made.month(size), each.month(size)
        less = [total(sealed, known, free=free, only=GROUPS["secrets"]) for free in (False, True)]
        more = [total(apart, known, free=free, only=GROUPS["secrets"]) for free in (False, True)]
        rows.append(
            [
                f"{size.accounts:,} accounts",
                *(f"{money(a)} ({money(b)})" for a, b in (less, more)),
                money(more[1] - less[1]),
            ]
        )
    made_each = sum(
        group.units.get("secret versions made", 0) for case in made.counted.scenes["kept"].values() for group in case
    )
    renewed = made_each / len(made.counted.scenes["kept"])
    left = known["secret versions"].free - made.standing()["secret versions"]
    kept = made.standing()["secret versions"]
    said = f"An account's token is renewed {renewed:.0f} times a month, the mean of all networks: were old versions not destroyed, it would "
    said += f"cost {money(renewed * known['secret versions'].price)} more with each month that passes. Of the free versions "
    said += f"{max(0, left):.0f} are left for accounts beside {kept:.0f} of the installation's own."
    return _table(["", "`store`", "`secret_manager`", "difference, beyond the free tiers"], rows) + f"\n\n{said}"


def levers(made: Model, known: Mapping[str, Price]) -> str:
    """What changes the bill, at each size."""
    choices: dict[str, Choice] = {
        "as in the table above": Choice(),
        "a secret for each account": Choice(per_account=True),
        "the schedule every two minutes": Choice(every=2),
        "nobody's inbox and numbers fetched": Choice(polled=False),
        "four requests share an instance's time": Choice(shared=4),
    }
    rows = []
    for name, choice in choices.items():
        sums = [total(replace(made, choice=choice).month(size), known, free=True) for size in SIZES]
        rows.append([name, *map(money, sums)])
    double = {
        name: replace(price, price=2 * price.price) if name in GROUPS["Firestore"][:3] else price
        for name, price in known.items()
    }
    rows.append(["Firestore in two regions", *(money(total(made.month(size), double, free=True)) for size in SIZES)])
    return _table(["a month, beyond the free tiers", *(size.name for size in SIZES)], rows)


def assumed(made: Model) -> str:
    """What was not counted."""
    rows = [[one.what, f"{one.value:g} {one.unit}".strip()] for one in made.given.values()]
    cpu = ", ".join(f"`{name}` {seconds * 1000:.1f}" for name, seconds in made.counted.cpu.items())
    said = f"CPU of a request in ms, measured {made.counted.at} on the machine that counted, warm, without Google's clients: {cpu}."
    return f"{_table(['what', 'taken to be'], rows)}\n\n{said}"


def priced(known: Mapping[str, Price]) -> str:
    """The price table."""
    rows = []
    for one in known.values():
        free = f"{number(one.free_daily)} a day" if one.free_daily else number(one.free) if one.free else "–"
        when = one.confirmed or "**unverified**"
        rows.append([f"[{one.name}]({one.url})", f"${_decimal(one.price)} / {number(one.per)}", free, when, one.by])
    return f"Prices of {prices.region()}.\n\n{_table(['what', 'price', 'free a month', 'read on', 'by'], rows)}"


def total(bill: Bill, known: Mapping[str, Price], *, free: bool = False, only: Iterable[str] = ()) -> float:
    """US dollars."""
    wanted = set(only)
    return sum(cost for name, cost in charge(known, bill, free=free).items() if not wanted or name in wanted)


def money(dollars: float) -> str:
    """$1,234; $12.30; $0.012."""
    if abs(dollars) >= 100:
        return f"${dollars:,.0f}"
    if abs(dollars) >= 0.995 or abs(dollars) < 0.0005:
        return f"${dollars:.2f}"
    return f"${dollars:.3f}" if abs(dollars) < 0.1 else f"${dollars:.2f}"


def number(value: float) -> str:
    """12,345; 12.3; 0.5."""
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.1f}"


def _decimal(price: float) -> str:
    """Without an exponent, and without noughts at the end: 0.000024, 40, 0.5."""
    return f"{price:.9f}".rstrip("0").rstrip(".")


def _spread(made: Model, known: Mapping[str, Price], scene: str, file: str) -> str:
    size = made.given[file].value if file else 0.0
    costs = {name: 1000 * total(made.case(case, size), known) for name, case in made.counted.scenes[scene].items()}
    least, most = min(costs, key=lambda name: costs[name]), max(costs, key=lambda name: costs[name])
    return f"{scene} {money(costs[least])} ({least}) to {money(costs[most])} ({most})"


def _thousand(lines: Sequence[Line], known: Mapping[str, Price]) -> str:
    rows = []
    for name, bill in lines:
        cost = charge(known, scaled(bill, 1000))
        parts = [
            sum(cost.get(item, 0) for item in GROUPS[group])
            for group in ("functions", "Firestore", "sent to the internet")
        ]
        rest = sum(cost.values()) - sum(parts)
        rows.append(
            [
                name,
                *(number(bill[unit]) for unit in UNITS),
                *(money(part) for part in (*parts, rest)),
                f"**{money(sum(cost.values()))}**",
            ]
        )
    return _table(["one of them", *UNITS, "1,000: functions", "Firestore", "sent", "rest", "together"], rows)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])
