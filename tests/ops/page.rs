//! The page as it is served.

use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use circuit_runtime::ops::Ops;
use circuit_runtime::test_util::isolate;
use circuit_runtime::{Mode, Settings, registry};
use integration_tests::permit;
use sha2::{Digest, Sha256};

use crate::support::{get, named, operated, text_of};

#[tokio::test]
async fn without_scripts_it_shows_every_breaker_those_that_are_open_first() {
    let _isolation = isolate();
    let open = named("page/z-open", 2);
    let half_open = named("page/y-half-open", 2);
    named("page/a-closed", 2);
    named("page/b-disabled", 2).set_mode(Mode::Disabled);
    permit(open).failure(&"no route to host");
    permit(open).failure(&"timed out");
    half_open.half_open();

    let response = get(&Ops::new().title("shop").router(), "/").await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8");
    let page = text_of(response).await;
    assert!(page.contains("<h1>shop: circuit breakers</h1>"));
    let at = |text: &str| page.find(text).unwrap_or_else(|| panic!("no {text} in {page}"));
    let order = ["page/z-open", "page/y-half-open", "page/b-disabled", "page/a-closed"].map(at);
    assert!(order.is_sorted(), "{order:?}");
    at("1 open, 1 half-open, ");
    at("2 failures in a row (threshold 2), last: timed out<ul><li>no route to host</li>");
    at("60 s left");
    at(r#"<span class="mode">disabled</span>"#);
    at(r#"<noscript><meta http-equiv="refresh" content="5"></noscript>"#);
}

#[tokio::test]
async fn whatever_a_program_says_is_text_on_the_page() {
    let _isolation = isolate();
    let script = "<script>alert('x')</script>{{script}}";
    let breaker = registry().get_or_register(script, Settings::new().threshold(1));
    let router = Ops::new().title(script).router();
    permit(breaker).failure(&"</div><img src=x onerror=alert(1)>\"'&");
    let page = text_of(get(&router, "/").await).await;
    assert!(!page.contains("<script>alert") && !page.contains("<img"), "{page}");
    assert!(page.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;{{script}}"));
    assert!(page.contains("&lt;/div&gt;&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;"));
    assert_eq!(page.matches("<script>").count(), 1, "the page's own");
}

#[tokio::test]
async fn it_loads_nothing_and_its_policy_lets_nothing_run_but_itself() {
    let _isolation = isolate();
    let response = get(&operated(), "/").await;
    let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
    let page = text_of(response).await;
    for (tag, directive) in [("style", "style-src"), ("script", "script-src")] {
        let inside = page.split_once(&format!("<{tag}>")).unwrap().1;
        let inside = inside.split_once(&format!("</{tag}>")).unwrap().0;
        let hash = STANDARD.encode(Sha256::digest(inside));
        let expected = format!("{directive} 'sha256-{hash}'");
        assert!(policy.contains(&expected), "ops/page.rs is to say: {expected}");
    }
    for source in ["default-src 'none'", "connect-src 'self'", "frame-ancestors 'none'"] {
        assert!(policy.contains(source), "{policy}");
    }
    for outside in [" src=", "@import", "url(", "import("] {
        assert!(!page.contains(outside), "{outside}");
    }
    let others = page.matches("://").count() - page.matches("http://www.w3.org/2000/svg").count();
    assert_eq!(others, 0, "no address but the name of what SVG is");
}

#[tokio::test]
async fn it_offers_changes_only_where_there_is_an_operator() {
    let _isolation = isolate();
    let page = async |ops: Ops| text_of(get(&ops.router(), "/").await).await;
    assert!(page(Ops::new()).await.contains(r#"data-changes="no""#));
    let operated = Ops::new().operator("alice", crate::support::TOKEN).unwrap();
    assert!(page(operated).await.contains(r#"data-changes="yes""#));
}
