//! Breakers as metrics: what exporters write, and what a Prometheus of the test's own makes of it.

mod alerts;
mod answers;
mod collector;
mod cost;
mod dashboard;
mod endpoint;
mod facade;
mod groups;
mod instruments;
mod promtool;
mod scrapes;
mod support;
