//! The table, on a terminal and as plain text.

use std::io;
use std::iter;
use std::sync::mpsc::Receiver;

use ratatui::crossterm::event::{self, Event, KeyCode, KeyEvent, KeyModifiers};
use ratatui::layout::{Constraint, Layout};
use ratatui::style::{Style, Stylize};
use ratatui::text::Span;
use ratatui::widgets::{Row, Table};
use ratatui::{DefaultTerminal, Frame};

use crate::EVERY;
use crate::reading::{HEADINGS, Reading, Shown};
use crate::service::Unread;

/// What a column takes at most of a terminal.
const WIDEST: u16 = 40;

pub(crate) struct View {
    address: String,
    rows: Vec<Shown>,
    latest: Option<Reading>,
    error: Option<Unread>,
}

impl View {
    pub(crate) fn of(address: String) -> Self {
        Self { address, rows: Vec::new(), latest: None, error: None }
    }

    pub(crate) fn run(
        &mut self,
        terminal: &mut DefaultTerminal,
        readings: &Receiver<Result<Reading, Unread>>,
    ) -> io::Result<()> {
        loop {
            while let Ok(reading) = readings.try_recv() {
                self.take(reading);
            }
            terminal.draw(|frame| self.draw(frame))?;
            if event::poll(EVERY / 5)? && is_end(&event::read()?) {
                return Ok(());
            }
        }
    }

    /// Where nothing can be read, what was read last stays.
    fn take(&mut self, reading: Result<Reading, Unread>) {
        match reading {
            Ok(reading) => {
                self.rows = reading.shown(self.latest.as_ref());
                (self.latest, self.error) = (Some(reading), None);
            }
            Err(error) => self.error = Some(error),
        }
    }

    fn draw(&self, frame: &mut Frame<'_>) {
        let [table, footer] =
            Layout::vertical([Constraint::Fill(1), Constraint::Length(1)]).areas(frame.area());
        let rows = self.rows.iter().map(|row| {
            let mut cells = row.cells.each_ref().map(|cell| Span::raw(cell.as_str()));
            cells[1].style = Style::new().fg(row.color);
            Row::new(cells)
        });
        let mut columns = widths(&self.rows)
            .map(|width| Constraint::Length(u16::try_from(width).unwrap_or(WIDEST).min(WIDEST)));
        columns[HEADINGS.len() - 1] = Constraint::Fill(1);
        let header = Row::new(HEADINGS).bold();
        frame.render_widget(Table::new(rows, columns).header(header).column_spacing(2), table);
        frame.render_widget(self.footer(), footer);
    }

    fn footer(&self) -> Span<'static> {
        let age = self.latest.as_ref().map_or("not read yet".to_owned(), |reading| {
            format!("read {:.1} s ago", reading.at.elapsed().as_secs_f64())
        });
        match &self.error {
            Some(error) => format!("{}, {age}: {error}", self.address).red(),
            None => format!("{}, {age}", self.address).dim(),
        }
    }
}

fn is_end(event: &Event) -> bool {
    let Event::Key(KeyEvent { code, modifiers, .. }) = event else { return false };
    match code {
        KeyCode::Char('q') | KeyCode::Esc => true,
        KeyCode::Char('c') => modifiers.contains(KeyModifiers::CONTROL),
        _ => false,
    }
}

/// The table as text.
pub(crate) fn plain(rows: &[Shown]) -> String {
    let widths = widths(rows);
    let line = |cells: [&str; 8]| {
        let padded = cells.iter().zip(widths);
        let padded =
            padded.map(|(cell, wide)| format!("{cell}{}  ", " ".repeat(wide - width(cell))));
        padded.collect::<String>().trim_end().to_owned() + "\n"
    };
    let cells = rows.iter().map(|row| row.cells.each_ref().map(String::as_str));
    iter::once(HEADINGS).chain(cells).map(line).collect()
}

/// How wide each column is.
fn widths(rows: &[Shown]) -> [usize; 8] {
    std::array::from_fn(|column| {
        let cells = rows.iter().map(|row| width(&row.cells[column]));
        cells.fold(width(HEADINGS[column]), usize::max)
    })
}

fn width(text: &str) -> usize {
    Span::raw(text).width()
}
