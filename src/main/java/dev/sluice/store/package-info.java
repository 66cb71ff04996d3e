/**
 * Everything Sluice keeps: PostgreSQL ({@link dev.sluice.store.Database}) and Redis ({@link
 * dev.sluice.store.Redis}), opened once by {@link dev.sluice.store.Stores}, out there or embedded,
 * and the keys that seal what must not lie there open ({@link dev.sluice.store.Secrets}). What is
 * kept, and under which keys and in which tables, is for the packages above to know: no SQL of an
 * app and no key name may live here.
 */
package dev.sluice.store;
