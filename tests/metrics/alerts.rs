//! What `promtool` says of the alerts.

use std::process::Command;

fn promtool(arguments: [&str; 3]) -> String {
    let mut command = Command::new("promtool");
    let output = command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output();
    let output = output.expect("promtool, of the Debian package prometheus");
    let said = String::from_utf8([output.stdout, output.stderr].concat()).expect("a text");
    assert!(output.status.success(), "{said}");
    said
}

#[test]
fn its_rules_are_rules() {
    let said = promtool(["check", "rules", "../grafana/alerts.yml"]);
    assert!(said.contains("SUCCESS: 7 rules found"), "{said}");
}

#[test]
fn they_fire_when_they_are_to_and_not_before() {
    promtool(["test", "rules", "metrics/alerts.yml"]);
}
