package dev.sluice.sandbox.mail;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The mails that were taken, the last thousand of them. Thread-safe. */
final class Mails {

  private static final int KEPT = 1000;
  private static final int REFUSED_FIRST = 2;

  private final Deque<Mail> mails = new ArrayDeque<>();
  private final Map<String, Integer> refusals = new HashMap<>();
  private long last;

  synchronized String nextId() {
    return Long.toString(++last);
  }

  synchronized void add(Mail mail) {
    mails.addLast(mail);
    if (mails.size() > KEPT) {
      mails.removeFirst();
    }
  }

  /** Whether a slow address lets the sender wait once more. */
  synchronized boolean refusesYet(String address) {
    return refusals.merge(address, 1, Integer::sum) <= REFUSED_FIRST;
  }

  /** The newest first. */
  synchronized List<Mail> list(String to, int limit) {
    List<Mail> found = new ArrayList<>();
    Iterator<Mail> newestFirst = mails.descendingIterator();
    while (newestFirst.hasNext() && found.size() < limit) {
      Mail mail = newestFirst.next();
      if (to == null || mail.to().stream().anyMatch(to::equalsIgnoreCase)) {
        found.add(mail);
      }
    }
    return found;
  }

  synchronized Optional<Mail> find(String id) {
    return mails.stream().filter(mail -> mail.id().equals(id)).findFirst();
  }

  synchronized void clear() {
    mails.clear();
    refusals.clear();
  }
}
