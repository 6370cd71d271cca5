//! What the attribute was put on.

use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, ReturnType, Signature, Token, Type, Visibility, braced, token};

use crate::token::{is_punct, is_word};

/// A function whose body is passed on unparsed.
pub(crate) struct Function {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) defaultness: Option<Token![default]>,
    pub(crate) sig: Signature,
    pub(crate) brace: token::Brace,
    /// Inner attributes, `#![..]`, at the beginning of the body.
    pub(crate) inner_attrs: Vec<Attribute>,
    pub(crate) body: TokenStream,
    /// The body in its own braces, as long as it is the user's and nothing else: then what the compiler has said of its
    /// end already is not said once more.
    written: Option<Group>,
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let vis = input.parse()?;
        let defaultness = if input.peek(Token![default]) && !input.peek2(Token![!]) {
            Some(input.parse()?)
        } else {
            None
        };
        let sig: Signature = input.parse()?;
        if input.peek(Token![;]) {
            return Err(syn::Error::new_spanned(
                &sig.ident,
                "there is no call to guard in a declaration: put `#[circuit_breaker]` on the functions that implement it",
            ));
        }
        let written = input.fork().parse().ok();
        let content;
        let brace = braced!(content in input);
        let inner_attrs = content.call(Attribute::parse_inner)?;
        let written = written.filter(|_| inner_attrs.is_empty());
        let body = content.parse()?;
        Ok(Self { attrs, vis, defaultness, sig, brace, inner_attrs, body, written })
    }
}

/// Parses the function, or says what it is instead and where the attribute belongs.
pub(crate) fn parse(item: TokenStream) -> syn::Result<Function> {
    if let Some(error) = wrong_kind(&item) {
        return Err(error);
    }
    let function: Function = syn::parse2(item)?;
    if let Some(constness) = &function.sig.constness {
        let message = "a `const fn` cannot ask a circuit breaker, whose state changes at run time";
        return Err(syn::Error::new_spanned(constness, message));
    }
    if let ReturnType::Type(_, ty) = &function.sig.output {
        if let Type::Never(never) = &**ty {
            let message =
                "a function that never returns can never succeed: there is nothing to count";
            return Err(syn::Error::new_spanned(never, message));
        }
    }
    Ok(function)
}

/// The keyword that tells the item's kind, if it is not a function's.
fn wrong_kind(item: &TokenStream) -> Option<syn::Error> {
    let keyword = |input: ParseStream<'_>| {
        let _ = input.call(Attribute::parse_outer)?;
        let _: Visibility = input.parse()?;
        // Past `unsafe`, `async`, `extern "C"`: the word that decides comes last, and a name behind it does not.
        let mut kind: Option<Ident> = None;
        while let Ok(word) = input.call(Ident::parse_any) {
            match &*word.to_string() {
                "fn" => {
                    kind = None;
                    break;
                }
                "unsafe" | "async" | "default" | "safe" => {}
                "const" | "extern" => {
                    kind = Some(word);
                    if input.peek(syn::LitStr) {
                        let _: syn::LitStr = input.parse()?;
                    }
                }
                _ => {
                    kind.get_or_insert(word);
                    break;
                }
            }
        }
        let _: TokenStream = input.parse()?;
        Ok(kind)
    };
    let kind = syn::parse::Parser::parse2(keyword, item.clone()).ok()??;
    let advice = match &*kind.to_string() {
        "struct" | "enum" | "union" | "type" => "a type makes no calls",
        "trait" => "put it on the methods of its implementations, or on those with a body here",
        "impl" => "put it on the methods that make the calls",
        "mod" => "put it on the functions inside",
        "const" | "static" => "a constant makes no calls",
        "extern" => "put it on a function that calls the foreign one",
        "use" | "macro_rules" | "macro" => "put it on one that makes the calls",
        _ => "this is none",
    };
    let message = format!("`#[circuit_breaker]` guards a function: {advice}");
    Some(syn::Error::new_spanned(kind, message))
}

impl Function {
    /// The function, with `doc` behind its attributes, and `body` in place of its own.
    pub(crate) fn with_body(&self, doc: &TokenStream, body: &TokenStream) -> TokenStream {
        let Self { attrs, vis, defaultness, sig, brace, inner_attrs, .. } = self;
        let mut tokens = quote!(#(#attrs)* #doc #vis #defaultness #sig);
        // The user's own braces: a function all of whose tokens are a macro's is no longer reported when unused.
        brace.surround(&mut tokens, |tokens| {
            for attr in inner_attrs {
                attr.to_tokens(tokens);
            }
            body.to_tokens(tokens);
        });
        tokens
    }

    /// Puts other statements in the user's braces.
    pub(crate) fn set_body(&mut self, body: TokenStream) {
        self.body = body;
        self.written = None;
    }

    /// The statements in the user's braces.
    pub(crate) fn block(&self) -> TokenStream {
        if let Some(written) = &self.written {
            return written.to_token_stream();
        }
        let mut tokens = TokenStream::new();
        self.brace.surround(&mut tokens, |tokens| self.body.to_tokens(tokens));
        tokens
    }
}

/// Whether `wanted` occurs in `tokens`, at any depth, also inside a format string.
pub(crate) fn mentions(tokens: &TokenStream, wanted: &Ident) -> bool {
    let (text, inline) = (wanted.to_string(), format!("{{{}", wanted.unraw()));
    occurs(tokens, &text, &inline)
}

fn occurs(tokens: &TokenStream, name: &str, inline: &str) -> bool {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    tokens.iter().enumerate().any(|(at, token)| match token {
        TokenTree::Ident(ident) => ident == name && !is_another(&tokens[..at], &tokens[at + 1..]),
        TokenTree::Group(group) => occurs(&group.stream(), name, inline),
        TokenTree::Literal(literal) => literal.to_string().contains(inline),
        TokenTree::Punct(_) => false,
    })
}

/// Whether a name stands there that is a field's, a method's, or a new one: `.name`, `name: value`, `let name`.
fn is_another(before: &[TokenTree], behind: &[TokenTree]) -> bool {
    let is_member = is_punct(before.last(), '.') && !is_punct(before.iter().rev().nth(1), '.');
    let is_given = is_punct(behind.first(), ':') && !is_punct(behind.get(1), ':');
    is_member || is_given || is_word(before.last(), "let")
}
