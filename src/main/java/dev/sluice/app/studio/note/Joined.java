package dev.sluice.app.studio.note;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What three-way merging has made of two changes of a note: the title as a whole, the content line
 * by line, the tags one by one. Pure.
 *
 * @param touching the places (JSON pointers, RFC 6901) that both have changed, each in another way
 */
record Joined(Said said, List<String> touching) {
  private static final int LONGEST = 262_144; // characters of a content, by the contract
  private static final int MOST_TAGS = 20;

  static Joined of(Said before, Said mine, Said theirs) {
    List<String> touching = new ArrayList<>();
    String title = title(before.title(), mine.title(), theirs.title());
    if (title == null) touching.add("/title");
    String content = TextMerge.of(before.content(), mine.content(), theirs.content());
    if (content == null || content.codePointCount(0, content.length()) > LONGEST) {
      touching.add("/content");
    }
    List<String> tags = tags(before.tags(), mine.tags(), theirs.tags());
    if (tags.size() > MOST_TAGS) touching.add("/tags");
    return new Joined(new Said(title, content, tags), List.copyOf(touching));
  }

  boolean isWhole() {
    return touching.isEmpty();
  }

  private static String title(String before, String mine, String theirs) {
    if (mine.equals(theirs) || mine.equals(before)) return theirs;
    return theirs.equals(before) ? mine : null;
  }

  /** What either has added is there, what either has removed is not. */
  private static List<String> tags(List<String> before, List<String> mine, List<String> theirs) {
    Set<String> tags = new LinkedHashSet<>(theirs);
    for (String tag : mine) if (!before.contains(tag)) tags.add(tag);
    for (String tag : before) if (!mine.contains(tag)) tags.remove(tag);
    return List.copyOf(tags);
  }
}
