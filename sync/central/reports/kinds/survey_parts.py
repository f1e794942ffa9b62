"""The sections that reports about a whole survey share. Pure: figures in, blocks out."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from sync.central.figures.periods import Period
from sync.central.office.paper.listing import PaperCounts
from sync.central.presenting.answering import CHANNELS, RESPONDENTS
from sync.central.presenting.language import capital
from sync.central.presenting.numbers import decimal, whole
from sync.central.reports.kinds.cells import NOTHING, count, difference, said, share, share_of, with_n
from sync.central.reports.kinds.levels import YEAR_BEFORE, Rated, about_form, levels_table, quoted
from sync.central.reports.kinds.paper_back import reasons
from sync.central.reports.kinds.periods import from_to
from sync.central.reports.kinds.survey_figures import GroupResult, SurveyFigures
from sync.central.reports.model import Block, Cell, Column, Figure, Paragraph, Row, Table, Words, written
from sync.contract.plan import Design, Objective

DESIGNS: dict[Design, str] = {
    "open": "mọi người đến giao dịch đều được mời trả lời, ai muốn thì trả lời",
    "census": "toàn bộ người trong danh sách",
    "quota": "chọn theo hạn ngạch của từng đơn vị",
    "random": "chọn ngẫu nhiên từ danh sách",
}


def with_words(blocks: Iterator[Block], words: Mapping[str, str]) -> tuple[Block, ...]:
    """The blocks with what an official wrote instead of what was proposed."""
    return tuple(
        Words(id=block.id, text=words.get(block.id, block.text), hint=block.hint)
        if isinstance(block, Words)
        else block
        for block in blocks
    )


# --- method -------------------------------------------------------------------------------------------------


def forms_used(figures: SurveyFigures) -> Iterator[Block]:
    """A line for each group's form."""
    for group in figures.groups:
        code = f", mã hiệu {group.group.form_code}" if group.group.form_code else ""
        source = f"; {group.group.form_source}" if group.group.form_source else ""
        yield Paragraph(
            f"{group.name}: {quoted(group.title)}{code}, phiên bản {group.version}, "
            f"{group.criteria} nội dung đánh giá theo thang {len(group.levels)} mức{source}.",
            item=True,
        )
        if group.unjoined:
            yield Paragraph(
                f"{said(group.unjoined)} câu trả lời theo câu hỏi của phiên bản trước, nay đã đổi nội dung, "
                "không cộng vào kết quả.",
                item=True,
            )


def how_chosen(figures: SurveyFigures) -> Iterator[Block]:
    """How people were chosen, how many, and what that means for the precision."""
    plan = figures.plan
    yield Paragraph(f"Cách chọn: {DESIGNS[plan.design]}.")
    for group in figures.groups:
        if group.group.frame:
            size = f" ({whole(group.group.population)} người)" if group.group.population else ""
            yield Paragraph(f"{group.name}: {group.group.frame}{size}.", item=True)
    if plan.sample:
        sample = plan.sample
        yield Paragraph(
            f"Cỡ mẫu: n = Z² × p × (1 − p) / d² với p = {_number(sample.share)}, "
            f"d = {_number(sample.margin)}, Z = {_number(sample.z)}; kế hoạch lấy "
            f"n = {whole(sample.stated)} phiếu."
        )
    for draw in figures.samples:
        yield Paragraph(
            f"{draw.group}: rút lúc {draw.drawn} được {said(draw.asked)} người và {said(draw.spare)} người "
            f"dự phòng, bằng hạt giống có mã {draw.seed_digest[:8]}… công bố lúc {draw.published}, trước khi "
            "nhận danh sách; theo biên bản chọn mẫu.",
            item=True,
        )
    for group in figures.groups:
        if group.margin is not None:
            yield Paragraph(
                f"{group.name}: sai số chọn mẫu ±{decimal(group.margin)} điểm % "
                f"với {whole(group.forms)} phiếu.",
                item=True,
            )
        elif group.chosen:
            yield Paragraph(
                f"{group.name}: {whole(group.chosen)} trong {whole(group.forms)} phiếu do người trả lời "
                "tự chọn trả lời tại máy nên không có sai số chọn mẫu.",
                item=True,
            )
    if plan.design != "random":
        how = "Chọn theo hạn ngạch" if figures.samples else "Không chọn ngẫu nhiên"
        yield Paragraph(f"{how} nên không có sai số chọn mẫu.")


def how_asked(figures: SurveyFigures) -> Iterator[Block]:
    """The channels and days of each group, and the days before the plan was issued."""
    for group in figures.groups:
        channels = ", ".join(CHANNELS[channel] for channel in group.group.channels)
        days = f", {_days(group)}" if group.first or group.last else ""
        who = f"; {group.group.who}" if group.group.who else ""
        yield Paragraph(f"{group.name}: {channels}{days}{who}.", item=True)
    if figures.backdated:
        yield Paragraph(
            f"Phần hồi cứu: {from_to(figures.backdated)}, trước ngày ban hành kế hoạch, có "
            f"{said(figures.backdated_forms)} phiếu được tính."
        )


def source_of_figures(figures: SurveyFigures) -> Iterator[Block]:
    """Whose figures these are, once a table of another body came back to compare them with."""
    found = figures.compared
    if found is None:
        return
    apart = [
        f"{said(found.forms)} phiếu" if found.forms else "",
        f"{decimal(found.points)} điểm %" if Decimal(found.points) else "",
    ]
    most = f" (nhiều nhất {' và '.join(filter(None, apart))})" if any(apart) else ""
    unknown = f"; {said(found.unknown)} dòng không có chỉ tiêu tương ứng" if found.unknown else ""
    yield Paragraph(
        "Nguồn số liệu: phần mềm tính từ phiếu của đợt khảo sát. Đã đối chiếu với bảng do "
        f"{found.source.body} phân tích và chuyển lại (tệp {found.source.file}, SHA-256 "
        f"{found.source.sha256[:16]}…): khớp {said(found.same)} trong {said(found.lines)} dòng; khác "
        f"{said(found.differing)} dòng{most}{unknown}."
    )


def quality_checks(figures: SurveyFigures) -> Iterator[Block]:
    """What the plan asks for, and what was done."""
    plan = figures.plan
    checked, same = sum(each.checked for each in figures.checked), sum(each.same for each in figures.checked)
    if plan.recheck_percent:
        wanted = f"Kế hoạch yêu cầu phúc tra tối thiểu {plan.recheck_percent}% số phiếu"
        wanted += f" ({whole(plan.rechecks)} phiếu)" if plan.rechecks else ""
    else:
        wanted = "Kế hoạch không yêu cầu phúc tra"
    if checked:
        asked = sum(each.asked for each in figures.checked)
        yield Paragraph(
            f"{wanted}. Đã phúc tra {said(checked)} trong {said(asked)} phiếu phỏng vấn "
            f"({_percent(checked, asked)}); khớp {said(same)} phiếu ({_percent(same, checked)})."
        )
    elif plan.recheck_percent:
        yield Paragraph(f"{wanted}; hệ thống chưa ghi kết quả phúc tra nào.")
    else:
        yield Paragraph(f"{wanted}.")
    yield from paper_forms(figures.paper)
    yield Words(id="kiem-soat", hint="Phúc tra, nhập hai lần: cách xử lý phiếu lệch.")


def rechecks_table(id: str, caption: str, figures: SurveyFigures) -> Table:
    """A line for each interviewer: how many interviews, how many checked, and what that showed."""
    return Table(
        id=id,
        caption=caption,
        columns=(
            Column(title="Điều tra viên", width=1.6),
            Column(title="Số phiếu", number=True),
            Column(title="Phúc tra", number=True),
            Column(title="Tỷ lệ", number=True),
            Column(title="Khớp", number=True),
            Column(title="Lệch 1 mức", number=True),
            Column(title="Lệch nhiều", number=True),
            Column(title="Chưa hỏi", number=True),
        ),
        rows=tuple(
            Row(
                cells=(
                    each.code,
                    count(each.asked),
                    count(each.checked),
                    share_of(each.checked, each.asked),
                    *map(count, (each.same, each.level, each.more, each.never)),
                )
            )
            for each in figures.checked
        ),
    )


def paper_forms(paper: PaperCounts | None) -> Iterator[Block]:
    """What became of the paper forms, and how well they were keyed."""
    if paper is None:
        return
    said_counts = [f"in {said(paper.printed)}"] if paper.printed else []
    if paper.given_out is not None:
        said_counts.append(f"phát ra {said(paper.given_out)}")
    if paper.returned is not None:
        said_counts.append(f"thu về {said(paper.returned)}")
    said_counts += [f"đã đếm {said(paper.counted)}", f"hợp lệ {said(paper.valid)}"]
    why = "; ".join(reasons(paper.invalid))
    spoilt = sum(paper.invalid.values())
    said_counts.append(f"không hợp lệ {said(spoilt)}" + (f" ({why})" if why else ""))
    yield Paragraph(f"Phiếu giấy của kế hoạch: {', '.join(said_counts)}.")
    if paper.twice:
        yield Paragraph(
            f"Nhập hai lần, mỗi lần một người: {said(paper.twice)} phiếu, {said(paper.fields)} ô; khác nhau "
            f"{said(paper.differing)} ô ({_percent(paper.differing, paper.fields)}), lần nhập đầu sai "
            f"{said(paper.wrong)} ô ({_percent(paper.wrong, paper.fields)})."
        )


def _percent(number: int, n: int) -> str:
    return written(share_of(number, n))


# --- what came in -------------------------------------------------------------------------------------------


def reached_table(id: str, caption: str, figures: SurveyFigures) -> Table:
    """A line for each unit or part with a number to reach, under its group, and their sums."""
    rows = []
    for group in figures.groups:
        wanted = sum(each.wanted for each in group.reached)
        if len(group.reached) > 1:
            rows += [
                Row(cells=(each.name or "Đơn vị khác", *_reached(each.wanted, each.forms)))
                for each in group.reached
            ]
        rows.append(Row(cells=(group.name, *_reached(wanted, group.forms)), total=True))
    return Table(
        id=id,
        caption=caption,
        columns=(
            Column(title="Đơn vị", width=3),
            Column(title="Chỉ tiêu", number=True),
            Column(title="Hợp lệ", number=True),
            Column(title="Đạt", number=True),
        ),
        rows=tuple(rows),
        note=f"Không hợp lệ (đã hủy, kể cả phiếu được ghi lại cho đúng): {said(figures.voided)}.",
    )


def _reached(wanted: int, forms: int) -> tuple[Cell, ...]:
    return count(wanted) if wanted else NOTHING, count(forms), share_of(forms, wanted)


def people_table(id: str, caption: str, figures: SurveyFigures) -> Table:
    """Who answered, and by which way."""
    rows = []
    both = (("Người trả lời", RESPONDENTS, figures.respondents), ("Hình thức", CHANNELS, figures.channels))
    for title, names, found in both:
        total = sum(found.values())
        rows += [
            Row(cells=(title, capital(name), count(found[code]), share_of(found[code], total)))
            for code, name in names.items()
            if code in found
        ]
    return Table(
        id=id,
        caption=caption,
        columns=(
            Column(title="Chia theo", width=1.4),
            Column(title="Nhóm", width=2),
            Column(title="Số phiếu", number=True),
            Column(title="Tỷ lệ", number=True),
        ),
        rows=tuple(rows),
        empty="Chưa có phiếu nào.",
    )


# --- results ------------------------------------------------------------------------------------------------


def group_table(id: str, caption: str, group: GroupResult) -> Table:
    """The ratings of one group; with an interval where there is one, and the year before where there is."""
    columns = [
        Column(title="TT", width=0.4, number=True),
        Column(title="Nội dung", width=3.4),
        Column(title="n", width=0.7, number=True),
        Column(title="Tỷ lệ hài lòng", width=0.9, number=True),
    ]
    interval = any(each.low is not None for each in group.ratings)
    before = any(each.then_n is not None for each in group.ratings)
    if interval:
        columns += [
            Column(title="từ", group="Khoảng tin cậy", width=0.8, number=True),
            Column(title="đến", group="Khoảng tin cậy", width=0.8, number=True),
        ]
    if before:
        columns += [
            Column(title="n", group=YEAR_BEFORE, width=0.7, number=True),
            Column(title="Tỷ lệ", group=YEAR_BEFORE, width=0.9, number=True),
            Column(title="Tăng, giảm (điểm %)", width=0.9, number=True),
        ]
    rows = []
    for number, each in enumerate(group.ratings, 1):
        cells: list[Cell] = [str(number), each.text, count(each.n), share(each.percent)]
        cells += [share(each.low), share(each.high)] if interval else []
        if before:
            old: Cell = NOTHING if each.then_n is None else count(each.then_n)
            cells += [old, share(each.then), difference(each.points)]
        rows.append(Row(cells=tuple(cells)))
    return Table(
        id=id,
        caption=caption,
        columns=tuple(columns),
        rows=tuple(rows),
        about=about_form(group.group.survey, group.version),
        parts=False,
        note=group.rule,
    )


def ranked_table(id: str, caption: str, group: GroupResult) -> Table:
    """The units of one group in their order."""
    return Table(
        id=id,
        caption=caption,
        columns=(
            Column(title="Hạng", width=0.6, number=True),
            Column(title="Đơn vị", width=3),
            Column(title="n", width=0.8, number=True),
            Column(title="Tỷ lệ hài lòng", number=True),
        ),
        rows=tuple(
            Row(
                cells=(
                    NOTHING if each.rank is None else str(each.rank),
                    each.name,
                    count(each.n),
                    share(each.percent),
                ),
                unit=each.unit,
            )
            for each in group.ranked
        ),
        about="unit",
        rated=(about_form(group.group.survey, group.version), group.overall),
        note=f"Theo câu hỏi {quoted(group.overall)}; đơn vị dưới 30 lượt trả lời không xếp hạng.",
    )


def factors_table(id: str, caption: str, group: GroupResult) -> Table:
    """How each rating goes along with the overall one, and the order in which to improve."""
    return Table(
        id=id,
        caption=caption,
        columns=(
            Column(title="Yếu tố", width=3),
            Column(title="n", width=0.7, number=True),
            Column(title="Điểm trung bình", width=0.9, number=True),
            Column(title="Tỷ lệ hài lòng", width=0.9, number=True),
            Column(title="Hệ số tương quan hạng với hài lòng chung", width=1.3, number=True),
            Column(title="Thứ tự ưu tiên", width=0.8, number=True),
        ),
        rows=tuple(
            Row(
                cells=(
                    each.question,
                    count(each.n),
                    _mean(each.mean),
                    share(each.percent),
                    _mean(each.correlation),
                    NOTHING if each.priority is None else str(each.priority),
                )
            )
            for each in group.factors
        ),
        about=f"factors {group.group.survey} {group.version}",
        parts=False,
        note=(
            f"Hài lòng chung: câu hỏi {quoted(group.overall)}. Tương quan hạng Spearman, n: người trả lời "
            "cả hai câu. Thứ tự ưu tiên: hệ số tương quan nhân với tỷ lệ chưa hài lòng, cao xếp trước. "
            "Tương quan không chứng tỏ nguyên nhân."
        ),
        empty="Chưa đủ phiếu để tính.",
    )


def objective_lines(figures: SurveyFigures) -> Iterator[Block]:
    """Each quality objective of the plan, next to what was reached, and whether that is enough."""
    for objective in figures.plan.objectives:
        for group in figures.groups:
            rated = {each.question: each for each in group.ratings}.get(objective.question)
            if rated is None or objective.group not in (None, group.group.id):
                continue
            source = f" ({objective.source})" if objective.source else ""
            goal = (
                "văn bản kế hoạch không ghi tỷ lệ" if objective.percent is None else f"{objective.percent}%"
            )
            yield Paragraph(
                f"Mục tiêu chất lượng {quoted(rated.text)}{source}: {goal}; kết quả của nhóm {group.name}: "
                f"{with_n(rated.percent, rated.n)}{_reached_or_not(objective, rated)}.",
                item=True,
                says=(about_form(group.group.survey, group.version), rated.text),
            )


def _reached_or_not(objective: Objective, rated: Rated) -> str:
    if objective.percent is None or rated.percent is None:
        return ""
    return ": đạt" if Decimal(rated.percent) >= objective.percent else ": chưa đạt"


def levels_of_group(id: str, caption: str, group: GroupResult) -> Table:
    """How often each level was chosen."""
    return levels_table(id, caption, group.rated)


def lettered(groups: Sequence[GroupResult]) -> Iterator[tuple[str, str, GroupResult]]:
    """Each group with the end of its table's id and of its number: "" if there is only one."""
    for number, group in enumerate(groups, 1):
        yield (f"-{number}", f".{number}", group) if len(groups) > 1 else ("", "", group)


def _days(group: GroupResult) -> str:
    if group.first and group.last:
        return from_to(Period(group.first, group.last))
    return "không giới hạn ngày"


def _mean(number: str | None) -> Cell:
    return NOTHING if number is None else Figure(kind="mean", value=number)


def _number(number: float) -> str:
    return f"{number:.4g}".replace(".", ",")
