/** What has happened: written aside in batches, and never changed. */
package dev.sluice.identity.audit;
