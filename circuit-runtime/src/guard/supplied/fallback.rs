//! Functions and closures of any number of arguments.

/// A function of as many arguments as the tuple `A` has.
pub trait Fallback<A> {
    type Answer;

    fn answer(self, arguments: A) -> Self::Answer;
}

/// And how a closure is called whose arguments have no written types, which are known by then.
macro_rules! fallbacks {
    ($($call:ident($($argument:ident: $ty:ident),*);)*) => {$(
        impl<F: FnOnce($($ty),*) -> R, $($ty,)* R> Fallback<($($ty,)*)> for F {
            type Answer = R;

            #[inline]
            fn answer(self, ($($argument,)*): ($($ty,)*)) -> R {
                self($($argument),*)
            }
        }

        #[inline]
        #[allow(clippy::too_many_arguments, reason = "as many as the user's function has")]
        pub fn $call<$($ty,)* R>($($argument: $ty,)* fallback: impl FnOnce($($ty),*) -> R) -> R {
            fallback($($argument),*)
        }
    )*};
}

fallbacks! {
    fall_back_0();
    fall_back_1(a: A);
    fall_back_2(a: A, b: B);
    fall_back_3(a: A, b: B, c: C);
    fall_back_4(a: A, b: B, c: C, d: D);
    fall_back_5(a: A, b: B, c: C, d: D, e: E);
    fall_back_6(a: A, b: B, c: C, d: D, e: E, g: G);
    fall_back_7(a: A, b: B, c: C, d: D, e: E, g: G, h: H);
    fall_back_8(a: A, b: B, c: C, d: D, e: E, g: G, h: H, i: I);
}
