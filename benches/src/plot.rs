//! The picture in the README: what a breaker adds to a successful call.

use std::io;

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::calls::{LATER_SUCCESS, SUCCESS};
use crate::row::Row;
use crate::scenario::{Group, THIS};
use crate::threads::THREADS;

const WIDTH: u32 = 860;
const LINE: i32 = 22;
const TOP: i32 = 56;
const LEFT: i32 = 190;
const RIGHT: i32 = 70;

/// The least that is drawn: what lies below cannot be told from nothing here.
const LEAST: f64 = 0.1;

const OURS: RGBColor = RGBColor(28, 110, 164);
const THEIRS: RGBColor = RGBColor(166, 172, 178);
const INK: RGBColor = RGBColor(36, 41, 47);
const PALE: RGBColor = RGBColor(225, 228, 232);

struct Section {
    title: &'static str,
    bars: Vec<(String, f64)>,
}

/// As text of an SVG file, on white, for light and dark pages.
pub(crate) fn draw(rows: &[Row]) -> io::Result<String> {
    let sections = [
        section("sync", rows, &SUCCESS, None),
        section("async", rows, &LATER_SUCCESS, None),
        section("two threads at one breaker", rows, &THREADS, Some(2)),
    ];
    let lines: usize = sections.iter().map(|section| section.bars.len() + 2).sum();
    let lines = i32::try_from(lines).map_err(io::Error::other)?;
    let height = u32::try_from(TOP + lines * LINE + 10).map_err(io::Error::other)?;
    let mut text = String::new();
    {
        let area = SVGBackend::with_string(&mut text, (WIDTH, height)).into_drawing_area();
        bars(&area, &sections, TOP + lines * LINE).map_err(io::Error::other)?;
        area.present().map_err(io::Error::other)?;
    }
    Ok(text)
}

/// Each one's first row, the cheapest first.
fn section(title: &'static str, rows: &[Row], group: &Group, size: Option<u64>) -> Section {
    let rows: Vec<&Row> =
        rows.iter().filter(|row| row.group == group.key && row.size == size).collect();
    let unguarded = rows.iter().find(|row| row.is_unguarded()).map_or(0.0, |row| row.median);
    let mut bars: Vec<(String, f64)> = Vec::new();
    for row in rows.iter().filter(|row| !row.is_unguarded()) {
        if bars.iter().all(|(who, _)| who != &row.who) {
            bars.push((row.who.clone(), row.median - unguarded));
        }
    }
    bars.sort_by(|(_, one), (_, other)| one.total_cmp(other));
    Section { title, bars }
}

type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;
type Drawn<'a> = Result<(), DrawingAreaErrorKind<<SVGBackend<'a> as DrawingBackend>::ErrorType>>;

fn bars<'a>(area: &Area<'a>, sections: &[Section], bottom: i32) -> Drawn<'a> {
    let most = sections.iter().flat_map(|section| &section.bars).map(|(_, ns)| *ns);
    let decades = most.fold(LEAST, f64::max).log10().ceil();
    area.fill(&WHITE)?;
    write(area, "What a breaker adds to a successful call, in nanoseconds", (16, 10), 21, INK)?;
    let mut decade = LEAST.log10();
    while decade <= decades {
        let x = place(10_f64.powf(decade), decades);
        area.draw(&PathElement::new([(x, TOP), (x, bottom)], PALE))?;
        let style = style(15, INK).pos(Pos::new(HPos::Center, VPos::Bottom));
        area.draw(&Text::new(format!("{}", 10_f64.powf(decade)), (x, TOP - 4), style))?;
        decade += 1.0;
    }
    let mut y = TOP + 4;
    for section in sections {
        write(area, section.title, (16, y), 18, INK)?;
        y += LINE;
        for (who, ns) in &section.bars {
            let colour = if who == THIS { OURS } else { THEIRS };
            let end = place(*ns, decades);
            area.draw(&Rectangle::new([(LEFT, y + 3), (end, y + LINE - 4)], colour.filled()))?;
            write(area, who, (32, y + 4), 16, INK)?;
            let figure = if *ns < 10.0 { format!("{ns:.1}") } else { format!("{ns:.0}") };
            write(area, &figure, (end + 5, y + 4), 15, INK)?;
            y += LINE;
        }
        y += LINE;
    }
    Ok(())
}

/// Plotters divides what it is given by 1.24 in an SVG file.
fn style(size: i32, colour: RGBColor) -> TextStyle<'static> {
    ("sans-serif", size).into_font().color(&colour)
}

fn write<'a>(
    area: &Area<'a>,
    text: &str,
    at: (i32, i32),
    size: i32,
    colour: RGBColor,
) -> Drawn<'a> {
    area.draw(&Text::new(text.to_owned(), at, style(size, colour)))
}

/// On the logarithmic scale from [`LEAST`] to the power of ten above everything.
fn place(ns: f64, decades: f64) -> i32 {
    let share = (ns.max(LEAST).log10() - LEAST.log10()) / (decades - LEAST.log10());
    let width = f64::from(i32::try_from(WIDTH).unwrap_or(i32::MAX) - LEFT - RIGHT);
    #[expect(clippy::cast_possible_truncation, reason = "within the picture")]
    let x = LEFT + (share * width).round() as i32;
    x
}
