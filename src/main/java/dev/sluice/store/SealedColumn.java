package dev.sluice.store;

import java.util.function.Function;

/**
 * A column that {@link Secrets} has sealed.
 *
 * @param table it is of
 * @param key the column that a row is found by, of its primary key
 * @param column what is sealed, or null
 * @param boundTo the words it is bound to, of the row's key
 */
public record SealedColumn(
    String table, String key, String column, Function<Object, String> boundTo) {
  /** The bytes of what is sealed, from 1, that say with which key (Tink's output prefix). */
  public static final String KEY_ID = "substring(%s FROM 2 FOR 4)";
}
