//! The declarations, sorted and merged: the same whatever order they were linked or called in.

use std::collections::BTreeMap;

use super::declaration::{Declaration, Place};
use super::problem::Problem;
use crate::breaker::Settings;
use crate::nearest::nearest;

/// All declarations of the program, by name and place.
#[derive(Debug)]
pub(super) struct Table {
    all: Vec<&'static Declaration>,
    /// What the declarations of each name come to.
    by_name: BTreeMap<&'static str, Result<Settings, Vec<Problem>>>,
}

impl Table {
    pub(super) fn new(declarations: impl IntoIterator<Item = &'static Declaration>) -> Self {
        let mut all: Vec<_> = declarations.into_iter().collect();
        all.sort_by_key(|declaration| (declaration.place(), declaration.name()));
        // An inlined function of another crate may be linked in twice.
        all.dedup_by_key(|declaration| std::ptr::from_ref(*declaration));
        let mut places = BTreeMap::<_, Vec<_>>::new();
        for &declaration in all.iter().filter(|declaration| !declaration.is_reference()) {
            places.entry(declaration.name()).or_default().push(declaration);
        }
        let by_name = places.into_iter().map(|(name, places)| (name, merged(&places))).collect();
        Self { all, by_name }
    }

    pub(super) fn all(&self) -> &[&'static Declaration] {
        &self.all
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.by_name.keys().copied()
    }

    /// `None` if nothing declares `name`; what is wrong if the declarations of it contradict each other.
    pub(super) fn settings(&self, name: &str) -> Option<Result<Settings, &[Problem]>> {
        let settings = self.by_name.get(name)?;
        Some(settings.as_ref().copied().map_err(Vec::as_slice))
    }

    /// Where `name` is declared.
    pub(super) fn places(&self, name: &str) -> Vec<Place> {
        let of_name =
            |declaration: &&&Declaration| declaration.name() == name && !declaration.is_reference();
        self.all.iter().filter(of_name).map(|declaration| declaration.place()).collect()
    }

    pub(super) fn undeclared(&self, reference: &Declaration) -> Problem {
        let name = reference.name();
        Problem::Undeclared {
            name,
            place: reference.place(),
            nearest: nearest(name, self.names()),
            declared: self.names().collect(),
        }
    }

    /// Contradictions, and references to names for which `known` is false.
    pub(super) fn problems(&self, known: impl Fn(&str) -> bool) -> Vec<Problem> {
        let contradictions = self.by_name.values().filter_map(|settings| settings.as_ref().err());
        let references = self.all.iter().filter(|declaration| declaration.is_reference());
        let undeclared = references.filter(|reference| !known(reference.name()));
        contradictions
            .flatten()
            .cloned()
            .chain(undeclared.map(|reference| self.undeclared(reference)))
            .collect()
    }
}

/// One name's settings from all its places, or every way in which they contradict each other.
fn merged(places: &[&'static Declaration]) -> Result<Settings, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut settings = Settings::new();
    for (index, second) in places.iter().enumerate() {
        let earlier = &places[..index];
        let conflict = earlier.iter().find_map(|first| {
            first.settings().merged(second.settings()).err().map(|disagreement| Problem::Conflict {
                name: second.name(),
                key: disagreement.key.as_str(),
                first: disagreement.ours,
                first_place: first.place(),
                second: disagreement.theirs,
                second_place: second.place(),
            })
        });
        match conflict {
            Some(conflict) => problems.push(conflict),
            None => {
                if let Ok(both) = settings.merged(second.settings()) {
                    settings = both;
                }
            }
        }
    }
    if problems.is_empty() {
        let name = places.first().map_or("", |declaration| declaration.name());
        if let Err(error) = settings.validated(name) {
            let places = places.iter().map(|declaration| declaration.place()).collect();
            problems.push(Problem::Invalid { error, places });
        }
    }
    if problems.is_empty() { Ok(settings) } else { Err(problems) }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn at(line: u32) -> Place {
        Place::new("src/db.rs", line, 1)
    }

    fn declared(line: u32, name: &'static str, settings: Settings) -> &'static Declaration {
        Box::leak(Box::new(Declaration::new(name, at(line), settings)))
    }

    fn messages(table: &Table) -> Vec<String> {
        table
            .problems(|name| table.settings(name).is_some())
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn settings_of_one_name_are_merged_in_whatever_order_they_come() {
        let one = declared(1, "db", Settings::new().threshold(3));
        let two = declared(2, "db", Settings::new().probes(2));
        for order in [[one, two], [two, one]] {
            let table = Table::new(order);
            let settings = table.settings("db").expect("declared").expect("in agreement");
            assert_eq!((settings.get_threshold(), settings.get_probes()), (3, 2));
            assert_eq!(messages(&table), Vec::<String>::new());
        }
    }

    #[test]
    fn a_conflict_names_both_places_in_whatever_order_they_come() {
        let one = declared(1, "db", Settings::new().threshold(3));
        let two = declared(9, "db", Settings::new().threshold(4));
        for order in [[one, two], [two, one]] {
            assert_eq!(
                messages(&Table::new(order)),
                [
                    r#"circuit breaker "db" is declared twice with different `threshold`: 3 at src/db.rs:1:1, 4 at src/db.rs:9:1; give `threshold` in one place only, or the same in both"#
                ]
            );
        }
    }

    #[test]
    fn settings_that_only_together_contradict_are_reported_with_every_place() {
        let table = Table::new([
            declared(1, "db", Settings::new().ttl(Duration::from_secs(60))),
            declared(2, "db", Settings::new().max_ttl(Duration::from_secs(30))),
        ]);
        assert_eq!(
            messages(&table),
            [
                r#"circuit breaker "db": `max_ttl` = 30s: must not be shorter than the `ttl` of 60s; declared at src/db.rs:1:1 and src/db.rs:2:1"#
            ]
        );
    }

    #[test]
    fn an_undeclared_name_is_answered_with_the_nearest_one() {
        let reference = Box::leak(Box::new(Declaration::reference("payment", at(5))));
        let table = Table::new([
            declared(1, "payments", Settings::new()),
            declared(2, "db", Settings::new()),
            reference,
        ]);
        assert_eq!(
            messages(&table),
            [
                r#"circuit breaker "payment", referred to at src/db.rs:5:1, is not declared anywhere; did you mean "payments"? declared are ["db", "payments"]"#
            ]
        );
    }
}
