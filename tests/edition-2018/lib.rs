//! Nothing but the tests in `../functions`, in the edition of 2018.
