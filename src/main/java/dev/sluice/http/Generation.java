package dev.sluice.http;

/**
 * What all event loops share under one configuration.
 *
 * @param flights the fetches under way, whichever configuration they began under
 * @param targets what the fast lanes remember, which holds for this contract and these limits alone
 */
record Generation(
    HttpDoor.Inside inside,
    HttpDoor.Outlook outlook,
    Pages pages,
    Flights flights,
    FastLane.Targets targets) {

  static Generation first(HttpDoor.Inside inside, HttpDoor.Outlook outlook) {
    return new Generation(
        inside, outlook, pages(inside, outlook), new Flights(), new FastLane.Targets());
  }

  /** The one that follows, with all of this one that stays true. */
  Generation next(HttpDoor.Inside then, HttpDoor.Outlook seen) {
    boolean contract = then.engine().contract() == inside.engine().contract();
    boolean limits = then.guards().limits() == inside.guards().limits();
    boolean examples = then.settings().examples().equals(inside.settings().examples());
    return new Generation(
        then,
        seen,
        contract && examples ? pages : pages(then, seen),
        flights,
        contract && limits ? targets : new FastLane.Targets());
  }

  private static Pages pages(HttpDoor.Inside inside, HttpDoor.Outlook outlook) {
    return new Pages(
        outlook.health(),
        outlook.metrics(),
        inside.engine().contract().published(),
        outlook.version(),
        new Examples(inside.settings().examples()));
  }
}
