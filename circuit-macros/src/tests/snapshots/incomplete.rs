fn update(db: &Connection) -> Result<(), DbError> {
    use ::circuit_runtime::private as __circuit;
    static __SITE: __circuit::Site = __circuit::site!(__SITE : declare("db"));
    __circuit::run(
        &__SITE,
        #[allow(clippy::result_large_err)]
        move || -> Result<(), DbError> {
            __circuit::capture!(db);
            #[allow(clippy::let_unit_value, clippy::diverging_sub_expression)]
            let __ret: Result<(), DbError> = { db.still_being_typed };
            #[allow(unreachable_code)] __ret
        },
        __circuit::outcome!(Result < (), DbError >),
    )
}
