package io.millrace.operators.query;

import io.millrace.protocol.catalog.Catalog;
import java.io.Serializable;

/** Where an operator that starts finds the catalog of now, so that no event meets one of before. */
@FunctionalInterface
public interface CatalogSource extends Serializable {
    /**
     * Returns {@code catalog} with every control record applied that there was when this was called.
     *
     * @throws IllegalStateException if they cannot be read
     */
    Catalog readToEnd(Catalog catalog);
}
