//! `#[derive(Causes)]`.

use proc_macro2::{Span, TokenStream};
use quote::format_ident;
use syn::parse::ParseStream;
use syn::{Attribute, Data, DeriveInput, Field, Fields, Member, Meta, Token, Type};

use crate::args::parse_crate;

pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let derived = syn::parse2(input).and_then(|input: DeriveInput| derive(&input));
    derived.unwrap_or_else(|error| error.to_compile_error())
}

fn derive(input: &DeriveInput) -> syn::Result<TokenStream> {
    let krate = krate(&input.attrs)?;
    let arms: Vec<TokenStream> = match &input.data {
        Data::Enum(data) => {
            let arms = data.variants.iter().map(|variant| {
                let name = &variant.ident;
                arm(
                    &hygienic!(Self::#name),
                    &variant.fields,
                    is_transparent(&variant.attrs),
                    &krate,
                )
            });
            arms.collect()
        }
        Data::Struct(data) => {
            vec![arm(&hygienic!(Self), &data.fields, is_transparent(&input.attrs), &krate)]
        }
        Data::Union(data) => {
            let message = "`Causes` is derived on an error enum or struct";
            return Err(syn::Error::new_spanned(data.union_token, message));
        }
    };
    let name = &input.ident;
    let (impl_generics, ty_generics, where_clause) = input.generics.split_for_impl();
    // An enum without variants has no value to match.
    let body = if arms.is_empty() {
        hygienic!(match *self {})
    } else {
        hygienic!(match self { #(#arms)* })
    };
    Ok(hygienic! {
        #[automatically_derived]
        impl #impl_generics #krate::Causes for #name #ty_generics #where_clause {
            #[allow(unused_variables)]
            fn causes(
                &self,
                __visit: &mut dyn ::core::ops::FnMut(&(dyn ::core::error::Error + 'static)) -> bool,
            ) -> bool {
                #body
            }
        }
    })
}

/// `Self::Variant { 0: field, .. } => visit(field) || ..,`
fn arm(path: &TokenStream, fields: &Fields, transparent: bool, krate: &TokenStream) -> TokenStream {
    let causes: Vec<_> = fields
        .members()
        .zip(fields)
        .filter(|(member, field)| transparent && fields.len() == 1 || is_cause(member, field))
        .enumerate()
        .map(|(index, (member, field))| {
            let cause = format_ident!("__cause{index}", span = Span::mixed_site());
            let visit = hygienic!(#krate::private::visit!(#cause, __visit));
            // As thiserror has it, a source may be there or not.
            let visit = if is_option(&field.ty) {
                hygienic!(#cause.as_ref().is_some_and(|#cause| #visit))
            } else {
                visit
            };
            (hygienic!(#member: #cause), visit)
        })
        .collect();
    if causes.is_empty() {
        return hygienic!(#path { .. } => false,);
    }
    let (fields, visits): (Vec<_>, Vec<_>) = causes.into_iter().unzip();
    hygienic! {
        #path { #(#fields,)* .. } => #(#visits)||*,
    }
}

fn is_option(ty: &Type) -> bool {
    match ty {
        Type::Path(path) => {
            path.path.segments.last().is_some_and(|segment| segment.ident == "Option")
        }
        _ => false,
    }
}

/// As thiserror has it: `#[from]`, `#[source]`, or called `source`.
fn is_cause(member: &Member, field: &Field) -> bool {
    let marked = field.attrs.iter().any(|attr| {
        let path = attr.path();
        path.is_ident("from") || path.is_ident("source")
    });
    marked || matches!(member, Member::Named(name) if name == "source")
}

fn is_transparent(attrs: &[Attribute]) -> bool {
    attrs
        .iter()
        .filter(|attr| attr.path().is_ident("error"))
        .any(|attr| attr.parse_args::<syn::Ident>().is_ok_and(|word| word == "transparent"))
}

/// `#[causes(crate = path)]`
fn krate(attrs: &[Attribute]) -> syn::Result<TokenStream> {
    let mut krate = hygienic!(::circuit_runtime);
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("causes")) {
        const MESSAGE: &str =
            "`#[causes(..)]` says where the runtime is: `#[causes(crate = ::path)]`";
        if !matches!(attr.meta, Meta::List(_)) {
            return Err(syn::Error::new_spanned(attr, MESSAGE));
        }
        attr.parse_args_with(|input: ParseStream<'_>| {
            let at = input.span();
            if !input.peek(Token![crate]) || !input.peek2(Token![=]) {
                return Err(syn::Error::new(at, MESSAGE));
            }
            let _: Token![crate] = input.parse()?;
            let _: Token![=] = input.parse()?;
            krate = parse_crate(input)?;
            Ok(())
        })?;
    }
    Ok(krate)
}
