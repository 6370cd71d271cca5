//! Clients that go through breakers: services of `tower`, `hyper`, `tonic` and `reqwest`.

mod bodies;
mod grpc;
mod layer;
mod readiness;
mod reqwest_client;
mod selection;
mod server;
mod shared;
mod synthetic;
mod tower_stack;
