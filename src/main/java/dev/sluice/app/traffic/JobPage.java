package dev.sluice.app.traffic;

import dev.sluice.call.Call;
import dev.sluice.job.Job;
import dev.sluice.job.Records.Cursor;

/** Where a page of jobs ended. */
final class JobPage {
  private JobPage() {}

  /** Null for the first page. Throws VALIDATION_ERROR. */
  static Cursor of(Call call) {
    Page page = Page.of(call);
    return page == null ? null : new Cursor(page.time(), page.id());
  }

  static String after(Job last) {
    return new Page(last.created(), last.id()).cursor();
  }
}
