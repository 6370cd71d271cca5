//! That the browser would say what is wrong with a page.

use axum::Router;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::response::Html;
use axum::routing::get;
use integration_tests::browser::Browser;

use crate::live::Served;

#[tokio::test]
async fn errors_of_scripts_and_what_the_policy_forbids_are_seen() {
    let page = "<!doctype html><script>forbidden()</script><script nonce='n'>missing()</script>";
    let policy = "default-src 'none'; script-src 'nonce-n'";
    let answer = get(move || async move { ([(CONTENT_SECURITY_POLICY, policy)], Html(page)) });
    let served = Served::new(Router::new().route("/", answer)).await;
    let browser = Browser::start().await;
    browser.open(&served.page()).await;
    let errors = browser.errors().await;
    assert!(errors.iter().any(|error| error.contains("Content Security Policy")), "{errors:#?}");
    assert!(errors.iter().any(|error| error.contains("missing is not defined")), "{errors:#?}");
    assert_eq!(browser.errors().await, [""; 0]);
}
