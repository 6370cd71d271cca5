//! Every function that compiles without the attribute, with it: under lints that let nothing pass, in three editions.

#![deny(warnings)]
#![deny(
    future_incompatible,
    let_underscore,
    nonstandard_style,
    refining_impl_trait,
    rust_2018_idioms,
    unused,
    ambiguous_negative_literals,
    deprecated_in_future,
    elided_lifetimes_in_paths,
    explicit_outlives_requirements,
    if_let_rescope,
    keyword_idents,
    let_underscore_drop,
    macro_use_extern_crate,
    meta_variable_misuse,
    missing_debug_implementations,
    non_ascii_idents,
    redundant_lifetimes,
    rust_2021_incompatible_closure_captures,
    rust_2021_incompatible_or_patterns,
    rust_2021_prefixes_incompatible_syntax,
    single_use_lifetimes,
    tail_expr_drop_order,
    trivial_casts,
    trivial_numeric_casts,
    unit_bindings,
    unreachable_pub,
    unsafe_op_in_unsafe_fn,
    unused_extern_crates,
    unused_import_braces,
    unused_lifetimes,
    variant_size_differences
)]
#![deny(clippy::all, clippy::pedantic, clippy::nursery)]
#![allow(
    clippy::elidable_lifetime_names,
    clippy::future_not_send,
    clippy::items_after_statements,
    clippy::many_single_char_names,
    clippy::needless_pass_by_ref_mut,
    clippy::needless_pass_by_value,
    clippy::redundant_closure,
    clippy::redundant_else,
    clippy::too_many_arguments,
    clippy::toplevel_ref_arg,
    clippy::trivially_copy_pass_by_ref,
    clippy::unit_arg,
    clippy::unnecessary_wraps,
    clippy::unused_async,
    clippy::unused_unit,
    reason = "signatures and bodies are what the tests are about"
)]
#![allow(
    clippy::manual_c_str_literals,
    clippy::uninlined_format_args,
    reason = "the editions have other literals and macros"
)]
#![allow(clippy::redundant_pub_crate, reason = "`unreachable_pub` wants the opposite")]
#![allow(unused_qualifications, reason = "the prelude is another one in every edition")]

mod arguments;
mod async_functions;
mod attributes;
mod bodies;
mod borrows;
mod boxed_futures;
mod captures;
mod drop_order;
mod early_returns;
mod foreign;
mod found;
mod fragments;
mod futures;
mod generics;
mod hidden_types;
mod instrumented;
mod iterators;
mod lints;
mod losses;
mod names;
mod receivers;
mod results;
mod stacked;
mod streams;
mod support;
mod trait_methods;
