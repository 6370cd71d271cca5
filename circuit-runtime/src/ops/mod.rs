//! Every breaker of the program on one page, in JSON and live: a router of `axum` for the people on call.
//!
//! ```
//! use axum::Router;
//! use circuit_runtime::ops::Ops;
//!
//! # fn app() -> Result<Router, Box<dyn std::error::Error>> {
//! # let token = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";
//! // let token = std::env::var("OPS_TOKEN")?;
//! let ops = Ops::new().title("shop, eu-1").operator("on-call", &token)?;
//! Ok(Router::new().nest_service("/ops", ops.router())) // at /ops and /ops/
//! # }
//! # app().unwrap();
//! ```
//!
//! | request | answer |
//! | --- | --- |
//! | `GET /` | a page: every breaker, those that are open first, with why they opened; live, and without scripts a table |
//! | `GET /breakers` | all of them as JSON |
//! | `GET /breakers/{name}` | one of them whole; 404 names the nearest |
//! | `GET /events` | the changes of late |
//! | `GET /events/stream` | changes as they happen, as server-sent events |
//! | `GET /stream` | the same, and rows of what changed once a second: what the page is made of |
//! | `GET /rows` | the rows of all of them, once |
//! | `POST /breakers/{name}` | opens, closes, half-opens it, sets its mode or its settings: for operators |
//!
//! Nothing of it costs a call anything: the router listens to changes alone, and reads counts when it is asked.
//!
//! # Who may do what
//!
//! **Reading is open to whoever can reach the router.** It shows names, settings, and what failures said; put it where your metrics
//! are, or behind what guards such things, a layer of your own around the router for one. If it is reached by browsers, say by which
//! [hosts](Ops::hosts) it is called: no page of another site can then pass itself off as one of yours.
//!
//! **Changes are off** until there is an [operator](Ops::operator); the page offers none then, and `POST` is answered with 403. With
//! one, a change takes
//!
//! - `Authorization: Bearer <token>`, compared in constant time, or 401;
//! - a request of the page's own origin, as far as it comes from a browser (`Sec-Fetch-Site`, else `Origin` beside `Host`), or 403;
//! - `Content-Type: application/json`, which no form of another site can send, or 415; and at most 16 KiB, or 413.
//!
//! Each one is told to all [listeners](crate::Listener::operated), in the events and in the [log](crate::guide::watching#logs), with who
//! did what, when, why if they said so, and from which address if the service is served with
//! `into_make_service_with_connect_info::<SocketAddr>()`. A change of a breaker that is [shared](crate::guide::fleets) is one of the whole
//! fleet, and who it was is told by the process that was asked. The token goes over the wire: serve it by TLS.
//!
//! ```sh
//! curl --json '{"action": "mode", "mode": "forced-open", "reason": "the vendor asked for it"}' \
//!     --header "Authorization: Bearer $OPS_TOKEN" https://shop.internal/ops/breakers/payments
//! ```
//!
//! # Bounds
//!
//! No name that is asked for makes a breaker, and looking keeps none of a group from being forgotten. At most
//! [32](Ops::at_most_streams) watch at one time, each row is written once for all of them, and nothing is queued for one who reads slowly:
//! he is sent what is there when he reads on. Who comes when all places are taken takes that of the one who has watched longest, if
//! for a minute at least. The latest
//! [256](Ops::keep_events) events are kept, and as many of what operators did. A page that is looked at delays a graceful shutdown
//! until [`until`](Ops::until); one in a hidden tab keeps no connection.
//!
//! # What is answered
//!
#![doc = include_str!("json.md")]

mod action;
mod answer;
mod asked;
mod board;
mod get;
mod hosts;
mod log;
mod operators;
mod origin;
mod page;
mod places;
mod post;
mod router;
mod row;
mod rows;
mod stream;

pub use operators::OperatorError;
pub use router::Ops;
