//! How a function is to be wrapped, decided from its signature alone.

use syn::punctuated::Punctuated;
use syn::{
    GenericArgument, PathArguments, PathSegment, ReturnType, Signature, Token, Type,
    TypeParamBound, parse_quote, parse_quote_spanned,
};

use crate::hygiene::hygienic_at;
use crate::ret;
use crate::types::{arguments, bare};

/// The shape of a function.
pub(crate) struct Shape {
    pub(crate) call: Call,
    /// What is at the call's end: of an `async fn` or a future, its output. `None` where no type is written.
    pub(crate) output: Option<Type>,
    /// If its items tell the call's outcome, and not the value itself.
    pub(crate) items: Option<Items>,
}

/// What answers a rejected call.
#[derive(Clone, Copy)]
pub(crate) enum Wanted {
    Value,
    Future,
    Iterator,
    Stream,
}

/// How the call is made.
pub(crate) enum Call {
    /// `fn -> T`
    Plain,
    /// `async fn -> T`
    Async,
    /// `fn -> impl Future<Output = T>`, or boxed.
    Future(Option<Wrapping>),
}

/// `impl Iterator<Item = T>` or `impl Stream<Item = T>`, or boxed.
pub(crate) struct Items {
    /// The iterator or the stream, as it is written.
    pub(crate) ty: Type,
    pub(crate) is_stream: bool,
    pub(crate) item: Option<Type>,
    pub(crate) wrapping: Option<Wrapping>,
    /// `Result<impl Iterator<Item = T>, E>`
    pub(crate) is_in_result: bool,
}

/// How a future, an iterator or a stream is boxed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrapping {
    /// `Pin<Box<dyn Future>>`, `BoxFuture`, `LocalBoxFuture`
    BoxPin,
    /// `Box<dyn Iterator>`, `Box<dyn Future + Unpin>`
    BoxNew,
}

impl Shape {
    pub(crate) fn of(sig: &Signature) -> Self {
        let declared = match &sig.output {
            ReturnType::Default => None,
            ReturnType::Type(_, ty) => Some(&**ty),
        };
        let (call, output) = match declared.and_then(future) {
            _ if sig.asyncness.is_some() => (Call::Async, declared.cloned()),
            Some((output, wrapping)) => (Call::Future(wrapping), Some(output)),
            None => (Call::Plain, declared.cloned()),
        };
        let items = output.as_ref().and_then(|ty| Items::of(ty).or_else(|| Items::in_result(ty)));
        Self { call, output, items }
    }

    /// What a `fallback` is to answer, and the type that this is about.
    pub(crate) fn wanted(&self) -> (Wanted, Type) {
        match (&self.call, &self.items) {
            (
                Call::Plain,
                Some(Items {
                    wrapping: None,
                    is_in_result: false,
                    item: Some(item),
                    is_stream,
                    ..
                }),
            ) => {
                let wanted = if *is_stream { Wanted::Stream } else { Wanted::Iterator };
                (wanted, ret::inferred_type(item))
            }
            (Call::Plain, _) => (Wanted::Value, self.answered()),
            (Call::Async | Call::Future(_), _) => (Wanted::Future, self.answered()),
        }
    }

    /// What a `fallback` has to answer with, as far as it is known: items of another type are items all the same.
    pub(crate) fn answered(&self) -> Type {
        self.output.as_ref().map_or_else(|| parse_quote!(()), ret::inferred_type)
    }
}

impl Items {
    fn of(ty: &Type) -> Option<Self> {
        let ty = bare(ty);
        if alias(ty, ["BoxStream", "LocalBoxStream"]).is_some() {
            return Some(Self {
                ty: ty.clone(),
                is_stream: true,
                item: Some(
                    parse_quote_spanned!(hygienic_at(ty)=> <#ty as __circuit::Stream>::Item),
                ),
                wrapping: Some(Wrapping::BoxPin),
                is_in_result: false,
            });
        }
        let (bounds, wrapping) = wrapped(ty)?;
        let item = traits(bounds).find_map(|segment| binding(segment, "Item"));
        // `Stream` is also what people call a connection: this one has items.
        let is_stream = item.is_some() && has_trait(bounds, &STREAMS);
        let is_iterator = has_trait(bounds, &ITERATORS);
        (is_stream || is_iterator).then(|| Self {
            ty: ty.clone(),
            is_stream,
            item,
            wrapping,
            is_in_result: false,
        })
    }

    fn in_result(ty: &Type) -> Option<Self> {
        let Type::Path(path) = bare(ty) else { return None };
        let result = path.path.segments.last()?;
        if NO_RESULTS.iter().any(|name| result.ident == name) {
            return None;
        }
        let items = Self::of(arguments(result).first()?)?;
        Some(Self { is_in_result: true, ..items })
    }
}

/// The output of a future, and how that is boxed.
fn future(ty: &Type) -> Option<(Type, Option<Wrapping>)> {
    let ty = bare(ty);
    if let Some(output) = alias(ty, ["BoxFuture", "LocalBoxFuture"]) {
        let has_items = Items::of(output).or_else(|| Items::in_result(output)).is_some();
        // An alias of that name may be another one, of a `Result` for instance.
        let output = if has_items {
            output.clone()
        } else {
            parse_quote_spanned!(hygienic_at(ty)=> <#ty as ::core::future::Future>::Output)
        };
        return Some((output, Some(Wrapping::BoxPin)));
    }
    let (bounds, wrapping) = wrapped(ty)?;
    let future = traits(bounds).find(|segment| segment.ident == "Future")?;
    Some((binding(future, "Output")?, wrapping))
}

/// The argument of `BoxFuture<'a, T>` and its like.
fn alias<'t>(ty: &'t Type, names: [&str; 2]) -> Option<&'t Type> {
    let Type::Path(path) = ty else { return None };
    let segment = path.path.segments.last()?;
    let is_alias = names.iter().any(|name| segment.ident == name);
    if is_alias { arguments(segment).first().copied() } else { None }
}

/// What holds something, but no error.
const NO_RESULTS: [&str; 18] = [
    "Option",
    "Vec",
    "Arc",
    "Rc",
    "Box",
    "Pin",
    "Mutex",
    "RwLock",
    "RefCell",
    "Cell",
    "Peekable",
    "Fuse",
    "Rev",
    "Poll",
    "Sse",
    "Body",
    "StreamBody",
    "Json",
];
const ITERATORS: [&str; 4] =
    ["Iterator", "DoubleEndedIterator", "ExactSizeIterator", "FusedIterator"];
const STREAMS: [&str; 2] = ["Stream", "FusedStream"];

type Bounds = Punctuated<TypeParamBound, Token![+]>;

/// The bounds of `impl ..`, of `Box<dyn ..>`, or of `Pin<Box<dyn ..>>`.
fn wrapped(ty: &Type) -> Option<(&Bounds, Option<Wrapping>)> {
    match bare(ty) {
        Type::ImplTrait(hidden) => Some((&hidden.bounds, None)),
        Type::Path(path) => {
            let segment = path.path.segments.last()?;
            if segment.ident == "Pin" {
                let inner = arguments(segment).first().copied()?;
                return Some((boxed(inner)?, Some(Wrapping::BoxPin)));
            }
            Some((boxed(ty)?, Some(Wrapping::BoxNew)))
        }
        _ => None,
    }
}

/// The bounds of `Box<dyn ..>`, or of `Box<impl ..>`.
fn boxed(ty: &Type) -> Option<&Bounds> {
    let Type::Path(path) = bare(ty) else { return None };
    let segment = path.path.segments.last().filter(|segment| segment.ident == "Box")?;
    match bare(arguments(segment).first()?) {
        Type::TraitObject(object) => Some(&object.bounds),
        Type::ImplTrait(hidden) => Some(&hidden.bounds),
        _ => None,
    }
}

fn binding(segment: &PathSegment, name: &str) -> Option<Type> {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::AssocType(binding) if binding.ident == name => Some(binding.ty.clone()),
        _ => None,
    })
}

fn has_trait(bounds: &Bounds, names: &[&str]) -> bool {
    traits(bounds).any(|segment| names.iter().any(|name| segment.ident == name))
}

fn traits(bounds: &Bounds) -> impl Iterator<Item = &PathSegment> {
    bounds.iter().filter_map(|bound| match bound {
        TypeParamBound::Trait(bound) => bound.path.segments.last(),
        _ => None,
    })
}
