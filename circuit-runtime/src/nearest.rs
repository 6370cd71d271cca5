//! The name that was probably meant.

/// The most slips of the keyboard in one name, however long it is.
const MOST_SLIPS: usize = 8;

/// The candidate nearest to `name`, if any is near enough for slips of the keyboard: a third of its letters.
///
/// What was asked for may come from a request, so it takes a time that hardly depends on how long it is: of each candidate no
/// more is looked at than it takes to see that it is not the nearest.
pub(crate) fn nearest<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let letters: Vec<char> = name.chars().collect();
    let mut tolerated = letters.len().div_ceil(3).min(MOST_SLIPS);
    let mut found: Option<(usize, &str)> = None;
    for candidate in candidates {
        let Some(distance) = distance(&letters, candidate, tolerated) else { continue };
        // Of several that are as near, the first by name.
        if found.is_none_or(|found| (distance, candidate) < found) {
            found = Some((distance, candidate));
            tolerated = distance;
        }
    }
    found.map(|(_, candidate)| candidate)
}

/// Letters to insert, delete, replace, or swap with their neighbour, the optimal string alignment distance; `None` if it is
/// more than `most`.
fn distance(a: &[char], b: &str, most: usize) -> Option<usize> {
    // Of each row only what lies that near to the diagonal can lead to so small a distance.
    if a.len() > b.len() + most || b.len() > 4 * (a.len() + most) {
        return None;
    }
    let b: Vec<char> = b.chars().collect();
    if a.len().abs_diff(b.len()) > most {
        return None;
    }
    let too_far = most + 1;
    let mut before_last = vec![too_far; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).map(|j| j.min(too_far)).collect();
    let mut row = before_last.clone();
    for i in 1..=a.len() {
        let (first, end) = (i.saturating_sub(most).max(1), (i + most).min(b.len()));
        row[first - 1] = if first == 1 { i.min(too_far) } else { too_far };
        let mut nearest = row[first - 1];
        for j in first..=end {
            let replaced = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = replaced.min(last[j] + 1).min(row[j - 1] + 1).min(too_far);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(before_last[j - 2] + 1);
            }
            row[j] = best;
            nearest = nearest.min(best);
        }
        if let Some(outside) = row.get_mut(end + 1) {
            *outside = too_far;
        }
        // A swap reaches over one row, and costs one more than the row before that.
        if nearest == too_far && last[first - 1..=end].iter().all(|before| *before >= most) {
            return None;
        }
        (before_last, last, row) = (last, row, before_last);
    }
    Some(last[b.len()]).filter(|distance| *distance <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn within(a: &str, b: &str, most: usize) -> Option<usize> {
        distance(&a.chars().collect::<Vec<_>>(), b, most)
    }

    #[test]
    fn distances_count_slips_of_the_keyboard() {
        assert_eq!(within("kitten", "sitting", 8), Some(3));
        assert_eq!(within("kitten", "sitting", 3), Some(3));
        assert_eq!(within("kitten", "sitting", 2), None);
        assert_eq!(within("", "abc", 8), Some(3));
        assert_eq!(within("abc", "", 8), Some(3));
        assert_eq!(within("paymenst", "payments", 1), Some(1));
        assert_eq!(within("same", "same", 0), Some(0));
        assert_eq!(within("same", "sane", 0), None);
        assert_eq!(within("späti", "spaeti", 2), Some(2));
    }

    /// The whole table.
    fn naive(a: &[char], b: &[char]) -> usize {
        let mut table = vec![vec![0; b.len() + 1]; a.len() + 1];
        for i in 0..=a.len() {
            for j in 0..=b.len() {
                table[i][j] = match (i, j) {
                    (0, _) | (_, 0) => i + j,
                    _ => {
                        let replaced = table[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                        replaced.min(table[i - 1][j] + 1).min(table[i][j - 1] + 1)
                    }
                };
                if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    table[i][j] = table[i][j].min(table[i - 2][j - 2] + 1);
                }
            }
        }
        table[a.len()][b.len()]
    }

    #[test]
    fn what_is_left_out_changes_no_distance() {
        let mut words = vec![String::new()];
        for _ in 0..4 {
            let longer =
                words.iter().flat_map(|word| ["a", "b", "c"].map(|end| format!("{word}{end}")));
            let longer: Vec<_> = longer.collect();
            words.extend(longer);
        }
        words.sort_unstable();
        words.dedup();
        for a in &words {
            let letters: Vec<char> = a.chars().collect();
            for b in &words {
                let expected = naive(&letters, &b.chars().collect::<Vec<_>>());
                for most in 0..=4 {
                    let within = Some(expected).filter(|distance| *distance <= most);
                    assert_eq!(distance(&letters, b, most), within, "{a} {b} {most}");
                }
            }
        }
    }

    #[test]
    fn a_slip_is_recognised_and_another_word_is_not() {
        let names = ["payments", "db", "inventory"];
        assert_eq!(nearest("payment", names), Some("payments"));
        assert_eq!(nearest("bd", names), Some("db"));
        assert_eq!(nearest("xy", names), None);
        assert_eq!(nearest("dbs", names), Some("db"));
        assert_eq!(nearest("mailer", names), None);
    }

    #[test]
    fn of_several_the_nearest_is_found_and_of_those_as_near_the_first_by_name() {
        assert_eq!(nearest("host-11", ["host-22", "host-12", "host-1", "host-13"]), Some("host-1"));
        assert_eq!(nearest("aaaa", ["aabb", "aaab", "aaaa"]), Some("aaaa"));
    }

    #[test]
    fn a_name_of_any_length_is_answered_soon() {
        let long = "payments".repeat(100_000);
        let candidates: Vec<String> =
            (0..2_000).map(|n| format!("{n:05}{}", &long[..195])).collect();
        let all = || candidates.iter().map(String::as_str);
        let begun = std::time::Instant::now();
        assert_eq!(nearest(&long, all()), None);
        assert_eq!(nearest(&format!("x{}", &long[..199]), all()), None);
        assert_eq!(nearest(&format!("0123x{}", &long[..195]), all()), Some(&*candidates[1230]));
        assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
    }
}
