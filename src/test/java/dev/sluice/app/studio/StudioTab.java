package dev.sluice.app.studio;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.nio.file.Path;
import java.util.List;

/** What a person does on the page of the studio, and sees there. */
final class StudioTab {
  private StudioTab() {}

  static void signIn(Page page, String email) {
    page.getByLabel("E-mail").fill(email);
    press(page.locator(".account"), "Sign in");
    page.getByText("Signed in as " + email).waitFor();
    said(page, "offline", "Online");
  }

  static Locator pane(Page page, String id) {
    return page.locator("#" + id);
  }

  /** In front: a tab behind another draws, and so can be clicked, once a second. */
  static void press(Locator within, String name) {
    within.page().bringToFront();
    within
        .getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName(name).setExact(true))
        .click();
  }

  /** Waits until a pane says so. */
  static void said(Page page, String pane, String text) {
    until(pane(page, pane).locator("[data-is=state]"), text);
  }

  /** In front: a tab behind another looks at itself once a second. */
  static void until(Locator where, String text) {
    where.page().bringToFront();
    where.filter(new Locator.FilterOptions().setHasText(text)).first().waitFor();
  }

  static void save(Page page, String said) {
    press(pane(page, "saves").locator("form"), "Save");
    said(page, "saves", said);
  }

  static Locator field(Page page, String label) {
    return pane(page, "saves").getByLabel(label, new Locator.GetByLabelOptions().setExact(true));
  }

  static Locator volume(Page page) {
    return field(page, "Alert volume, 0 to 100");
  }

  static Page.ScreenshotOptions shot(String name) {
    return new Page.ScreenshotOptions().setFullPage(true).setPath(Path.of("target", name + ".png"));
  }

  static List<String> rows(Locator dialog) {
    return dialog.locator("tbody tr").all().stream()
        .map(row -> String.join("|", row.locator("th, td").allTextContents()))
        .toList();
  }

  static final String UNNAMED =
      """
      [...document.querySelectorAll('input, textarea')].filter(i => !i.labels.length).length
        + [...document.querySelectorAll('button')].filter(b => !(b.ariaLabel ?? b.textContent).trim()).length
      """;

  static void slot(Page page, String name) {
    field(page, "Slot").fill(name);
    press(pane(page, "saves").locator("form"), "Load");
    said(page, "saves", "of “" + name + "” is loaded");
  }

  static void note(Page page, String title, String text) {
    Locator form = pane(page, "notes").locator("[data-is=edit]");
    form.getByLabel("Title").fill(title);
    form.getByLabel("Note", new Locator.GetByLabelOptions().setExact(true)).fill(text);
    press(form, "Save");
  }

  static String text(Page page, String pane) {
    return pane(page, pane).locator("[data-is=state]").textContent();
  }
}
