//! The page in a real browser.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::Router;
use circuit_runtime::ops::Ops;
use circuit_runtime::test_util::isolate;
use circuit_runtime::{GroupSettings, Mode, Settings, State, registry};
use integration_tests::browser::{Browser, Key};
use integration_tests::{fail, permit, succeed};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

use crate::support::{TOKEN, named, operated};

/// A server of one router. It ends when it is dropped, and its connections with it.
pub(crate) struct Served {
    address: SocketAddr,
    runtime: Option<Runtime>,
}

impl Served {
    pub(crate) async fn new(router: Router) -> Self {
        Self::at("127.0.0.1:0".parse().unwrap(), router).await
    }

    async fn at(address: SocketAddr, router: Router) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        // Its listener is the runtime's as well.
        let listener = runtime.spawn(TcpListener::bind(address)).await.unwrap().unwrap();
        let address = listener.local_addr().unwrap();
        let app = Router::new().nest_service("/ops", router);
        let app = app.into_make_service_with_connect_info::<SocketAddr>();
        runtime.spawn(async { axum::serve(listener, app).await.unwrap() });
        Self { address, runtime: Some(runtime) }
    }

    pub(crate) fn page(&self) -> String {
        format!("http://{}/ops/", self.address)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.runtime.take().into_iter().for_each(Runtime::shutdown_background);
    }
}

/// The page, as soon as it is live.
async fn live(served: &Served) -> Browser {
    let browser = Browser::start().await;
    browser.open(&served.page()).await;
    browser.shows("#link", "live").await;
    browser.until("breakers.size > 0").await;
    browser
}

/// In the row of a breaker.
fn row(name: &str, selector: &str) -> String {
    format!("breakers.get({name:?}).tr.querySelector({selector:?}).textContent")
}

#[tokio::test]
async fn a_trip_is_on_the_page_within_a_second_without_a_reload() {
    let _isolation = isolate();
    let breaker = named("live/payments", 2);
    named("live/mail", 2);
    let served = Served::new(Ops::new().title("shop").router()).await;
    let browser = live(&served).await;
    browser.value("window.isTheSamePage = true").await;
    assert_eq!(browser.value(&row("live/payments", ".state")).await, "closed");

    permit(breaker).failure(&"no route to host");
    permit(breaker).failure(&"timed out");
    let tripped_at = Instant::now();
    browser.until(&format!("{} === 'open'", row("live/payments", ".state"))).await;
    assert!(tripped_at.elapsed() < Duration::from_secs(1), "{:?}", tripped_at.elapsed());

    let why = "2 failures in a row (threshold 2), last: timed out";
    browser.shows("#breakers tr:first-child .why", why).await;
    browser.shows("#breakers tr:first-child .why li", "no route to host").await;
    browser.shows("#breakers tr:first-child", "60 s left").await;
    browser.shows("#tally", "1 open, 0 half-open").await;
    browser.shows("#events li", why).await;
    browser.until("document.title === '(1 open) shop: circuit breakers'").await;
    browser.until(&format!("document.getElementById('news').textContent.includes({why:?})")).await;

    breaker.half_open();
    browser.shows("#breakers tr:first-child .state", "half-open").await;
    breaker.close();
    browser.shows("#tally", "0 open, 0 half-open").await;
    assert_eq!(browser.value("window.isTheSamePage").await, true);
    assert_eq!(browser.errors().await, [""; 0]);
}

#[tokio::test]
async fn an_operator_opens_and_closes_and_sets_with_the_token_and_fails_without() {
    let _isolation = isolate();
    let breaker = named("live/operated", 5);
    let served = Served::new(operated()).await;
    let browser = live(&served).await;
    browser.size(1200, 900).await;
    browser.keys("/").await;
    browser.keys("operated").await;
    browser.click("#breakers tr:not([hidden]) button").await;
    let press = async |text: &str| {
        let button = format!(
            "[...document.querySelectorAll('.act button')].find((one) => one.textContent === {text:?})"
        );
        browser.until(&format!("{button} !== undefined")).await;
        browser.value(&format!("{button}.click()")).await;
    };

    press("Open").await;
    browser.shows(".act output", "a change needs the token of an operator").await;
    assert_eq!(breaker.state(), State::Closed);
    assert_eq!(browser.errors().await.len(), 1, "the answer, which was no success");
    browser.until("document.activeElement.id === 'token'").await;
    browser.keys("not-the-token-at-all").await;
    press("Open").await;
    browser.shows(".act output", "a change needs the token of an operator").await;
    assert_eq!(breaker.state(), State::Closed);

    browser.value("document.getElementById('token').value = ''").await;
    browser.click("#token").await;
    browser.keys(TOKEN).await;
    browser.click(".act .reason").await;
    browser.keys("the vendor asked for it").await;
    press("Open").await;
    browser.shows(".act output", "Done: open").await;
    assert_eq!(breaker.state(), State::Open);
    browser.shows("#events li", "open, by alice from 127.0.0.1: the vendor asked for it").await;
    press("Close").await;
    browser.shows(".act output", "Done: close").await;
    assert_eq!(breaker.state(), State::Closed);

    let edit = async |name: &str, value: &str| {
        let input = format!("document.querySelector('.act [name={name}]')");
        browser.value(&format!("{input}.value = '{value}'")).await;
        browser
            .value(&format!("{input}.dispatchEvent(new Event('input', {{ bubbles: true }}))"))
            .await;
    };
    edit("mode", "forced-open").await;
    press("Set mode").await;
    browser.shows("#breakers .mode", "forced-open").await;
    assert_eq!(breaker.mode(), Mode::ForcedOpen);

    press("Set settings").await;
    browser.shows(".act output", "no setting is another than it was").await;
    edit("threshold", "9").await;
    press("Set settings").await;
    browser.shows(".act output", "Done: settings").await;
    assert_eq!(breaker.settings().get_threshold(), 9);
    edit("threshold", "0").await;
    press("Set settings").await;
    browser.shows(".act output", "`threshold` = 0: must be at least 1").await;
    press("Reset").await;
    browser.shows(".act output", "Done: reset-settings").await;
    assert_eq!(breaker.settings().get_threshold(), 5);

    // What others set is in the form, but for what is being edited.
    let value = |name: &str| format!("document.querySelector('.act [name={name}]').value");
    edit("probes", "7").await;
    breaker.set_threshold(42).unwrap();
    breaker.set_mode(Mode::Shadow);
    browser.until(&format!("{} === '42'", value("threshold"))).await;
    browser.until(&format!("{} === 'shadow'", value("mode"))).await;
    assert_eq!(browser.value(&value("probes")).await, "7");
}

#[tokio::test]
async fn the_page_of_a_service_without_operators_shows_no_way_to_change_anything() {
    let _isolation = isolate();
    named("live/read-only", 5);
    let served = Served::new(Ops::new().router()).await;
    let browser = live(&served).await;
    browser.click("#breakers button").await;
    browser.shows(".detail dt", "Declared at").await;
    assert_eq!(browser.value("document.querySelector('.act')").await, serde_json::Value::Null);
    assert_eq!(browser.value("document.getElementById('key').checkVisibility()").await, false);
    assert_eq!(browser.errors().await, [""; 0]);
}

#[tokio::test]
async fn script_in_a_name_or_in_an_error_stays_text() {
    let _isolation = isolate();
    let script = "<script>window.taken = 1</script>";
    let image = "<img src=x onerror='window.taken = 2'>";
    let breaker = registry().get_or_register(script, Settings::new().threshold(2));
    let served =
        Served::new(Ops::new().title(image).operator(script, TOKEN).unwrap().router()).await;
    let browser = live(&served).await;
    browser.size(1200, 900).await;
    permit(breaker).failure(&image);
    permit(breaker).failure(&script);
    browser.shows("#breakers .why", script).await;
    browser.shows("#breakers .why li", image).await;
    browser.click("#breakers button").await;
    browser.shows(".detail li", image).await;
    browser.click("#token").await;
    browser.keys(TOKEN).await;
    browser.click(".act .reason").await;
    browser.keys(image).await;
    browser.click(".act button:nth-of-type(3)").await;
    browser.shows("#events li", &format!("close, by {script} from 127.0.0.1: {image}")).await;
    browser.shows("h1", image).await;
    // And as it is served.
    browser.reload().await;
    browser.shows("#events li", image).await;
    browser.shows("#link", "live").await;
    assert_eq!(browser.value("window.taken === undefined").await, true);
    assert_eq!(browser.value("document.images.length + document.scripts.length").await, 1);
    assert_eq!(browser.errors().await, [""; 0]);
}

#[tokio::test]
async fn everything_is_in_reach_of_the_keyboard_and_the_focus_stays_where_it_is() {
    let _isolation = isolate();
    let [_, second, third] = ["keys/a", "keys/b", "keys/c"]
        .map(|name| registry().get_or_register(name, Settings::new().threshold(1)));
    let served = Served::new(operated()).await;
    let browser = live(&served).await;
    browser.keys("/").await;
    browser.keys("KEYS").await;
    let shown = "order.filter((known) => !known.tr.hidden).map((known) => known.row.name).join()";
    browser.until(&format!("{shown} === 'keys/a,keys/b,keys/c'")).await;
    let focused = "document.activeElement.textContent";
    browser.keys(&Key::Down.to_string()).await;
    browser.keys(&Key::Down.to_string()).await;
    assert_eq!(browser.value(focused).await, "keys/b");
    browser.keys(&Key::Enter.to_string()).await;
    browser.shows(".detail dt", "Settings").await;
    assert_eq!(browser.value("location.hash").await, "#keys%2Fb");

    second.open();
    browser.until(&format!("{shown} === 'keys/b,keys/a,keys/c'")).await;
    assert_eq!(browser.value(focused).await, "keys/b", "although its row has moved");
    // Of many rows only the one is moved that has to be: by whoever else is typing, nothing is noticed.
    let moved = "window.moved = 0, new MutationObserver((all) => { window.moved += all.flatMap((one) => [...one.addedNodes]).length; }).observe(document.getElementById('breakers'), { childList: true }), 0";
    browser.value(moved).await;
    third.open();
    browser.until(&format!("{shown} === 'keys/b,keys/c,keys/a'")).await;
    third.close();
    browser.until(&format!("{shown} === 'keys/b,keys/a,keys/c'")).await;
    assert_eq!(browser.value("window.moved").await, 2, "one there, and one back");
    browser.keys(&Key::Tab.to_string()).await;
    assert_eq!(browser.value(focused).await, "Open");

    // The address names it.
    browser.reload().await;
    browser.shows(".detail dt", "Settings").await;
    assert_eq!(
        browser.value("document.querySelector('tr.opened button').textContent").await,
        "keys/b"
    );
    assert_eq!(browser.errors().await, [""; 0]);
}

#[tokio::test]
async fn without_scripts_it_is_a_table() {
    let _isolation = isolate();
    fail(named("live/table", 1));
    let served = Served::new(operated()).await;
    let browser = Browser::start().await;
    browser.without_scripts().await;
    browser.open(&served.page()).await;
    browser.shows("tr.open th", "live/table").await;
    browser.shows("tr.open .why", "1 failure in a row (threshold 1), last: down").await;
    browser.shows("tr.open td", "open").await;
}

#[tokio::test]
async fn nothing_is_wider_than_the_screen_on_a_phone_or_not_and_in_the_dark_it_is_dark() {
    let _isolation = isolate();
    let long = "a-name-as-long-as-names-can-be-".repeat(6);
    let breaker = registry().get_or_register(&long, Settings::new().threshold(1));
    permit(breaker).failure(
        &"https://a.host.example.com/with/a/path/that/has/no/place/to/break/at?".repeat(3),
    );
    let served = Served::new(operated()).await;
    let browser = live(&served).await;
    let width = "document.documentElement.scrollWidth";
    for least in [340, 600, 961, 1100] {
        browser.size(least, 800).await;
        assert!(browser.value(width).await.as_u64() <= Some(least.into()), "{least} pixels");
    }
    browser.phone().await;
    browser.prefer("prefers-color-scheme", "dark").await;
    browser.click("#breakers button").await;
    browser.shows(".detail dt", "Settings").await;
    assert_eq!(browser.value(width).await, 390);
    let brightness = |of: &str| {
        format!(
            "getComputedStyle(document.body).{of}.match(/\\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0)"
        )
    };
    assert!(browser.value(&brightness("backgroundColor")).await.as_u64() < Some(150));
    assert!(browser.value(&brightness("color")).await.as_u64() > Some(500));
}

#[tokio::test]
async fn a_page_that_lost_the_service_comes_back_with_what_it_missed() {
    let _isolation = isolate();
    let breaker = named("live/missed", 1);
    let router = Ops::new().router();
    let served = Served::new(router.clone()).await;
    let browser = live(&served).await;
    breaker.open();
    browser.shows("#events li", "closed to open").await;

    let address = served.address;
    drop(served);
    browser.shows("#link", "not live").await;
    breaker.close();
    succeed(breaker);
    let _served = Served::at(address, router).await;
    browser.shows("#link", "live").await;
    browser.shows("#tally", "0 open").await;
    browser.until("document.querySelectorAll('#events li').length === 2").await;
    let texts = "[...document.querySelectorAll('#events li')].map((item) => item.lastChild.textContent.split(': ')[1]).join()";
    assert_eq!(browser.value(texts).await, "open to closed,closed to open");
}

#[tokio::test]
async fn where_no_more_may_watch_the_page_says_so_and_asks() {
    let _isolation = isolate();
    named("live/asked", 1).open();
    registry().group("live/hosts", GroupSettings::new()).breaker("example.com");
    let served = Served::new(Ops::new().at_most_streams(0).router()).await;
    named("live/asked-too", 1).open();
    let browser = Browser::start().await;
    browser.open(&served.page()).await;
    browser.shows("#link", "as many watch live as may").await;
    browser.until("breakers.has('live/hosts/example.com')").await;
    browser.shows("#breakers .why", "opened by hand").await;
    browser.shows("#events li", "closed to open").await;
    assert_eq!(browser.value(&row("live/asked", ".state")).await, "open");
}

#[tokio::test]
async fn a_page_that_nobody_looks_at_keeps_no_connection() {
    let _isolation = isolate();
    let breaker = named("live/hidden", 1);
    let served = Served::new(Ops::new().at_most_streams(1).router()).await;
    let browser = live(&served).await;
    let look = async |hidden: bool| {
        let define = format!(
            "Object.defineProperty(document, 'hidden', {{ value: {hidden}, configurable: true }})"
        );
        browser.value(&format!("{define} && 0")).await;
        browser.value("document.dispatchEvent(new Event('visibilitychange'))").await;
    };
    look(true).await;
    browser.until("source.readyState === EventSource.CLOSED").await;
    breaker.open();
    let other = live(&served).await;
    other.shows("#tally", "1 open").await;
    assert_eq!(browser.value(&row("live/hidden", ".state")).await, "closed");
    drop(other);
    look(false).await;
    browser.until(&format!("{} === 'open'", row("live/hidden", ".state"))).await;
    browser.shows("#events li", "closed to open").await;
}

#[tokio::test]
async fn what_a_page_of_a_thousand_breakers_does_takes_less_than_a_second_has() {
    let _isolation = isolate();
    for number in 0..1_000 {
        named(&format!("thousand/{number:03}"), 1);
    }
    let served = Served::new(Ops::new().router()).await;
    let browser = live(&served).await;
    browser.until("breakers.size > 1000").await;
    let again = "{ all: false, gone: [], breakers: [...breakers.values()].map((known) => ({ ...known.row, failures: known.row.failures + 1 })) }";
    let taken = format!(
        "(() => {{ const begun = performance.now(); receive({again}); return performance.now() - begun; }})()"
    );
    let taken = browser.value(&taken).await.as_f64().unwrap();
    println!("{taken} ms for a thousand rows");
    assert!(taken < 1_000.0, "{taken} ms");
}
