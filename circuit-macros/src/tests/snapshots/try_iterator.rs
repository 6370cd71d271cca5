fn rows(
    db: &Db,
) -> Result<Box<dyn Iterator<Item = Result<Row, DbError>> + '_>, DbError> {
    use ::circuit_runtime::private as __circuit;
    static __SITE: __circuit::Site = __circuit::site!(__SITE : declare("db"));
    __circuit::run(
        &__SITE,
        #[allow(clippy::result_large_err)]
        move || -> Result<Box<dyn Iterator<Item = Result<Row, DbError>> + '_>, DbError> {
            __circuit::capture!(db);
            #[allow(clippy::let_unit_value, clippy::diverging_sub_expression)]
            let __ret: Result<
                Box<dyn Iterator<Item = Result<Row, DbError>> + '_>,
                DbError,
            > = { Ok(Box::new(db.rows()?)) };
            #[allow(unreachable_code)] __ret
        },
        __circuit::try_items(
            __circuit::returning!(Result < _, DbError >),
            |__error| __circuit::evidence!(borrowed __error),
            __circuit::items(
                (
                    __circuit::reading!(Result < Row, DbError >)
                        .failing_as(__circuit::reading!(Result < (), DbError >)),
                    __circuit::Admitted,
                ),
                |__error| __circuit::evidence!(borrowed __error),
                __circuit::accept,
                |__items| -> Box<dyn Iterator<Item = Result<Row, DbError>> + '_> {
                    __circuit::Box::new(__items)
                },
            ),
        ),
    )
}
