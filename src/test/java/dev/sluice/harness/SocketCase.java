package dev.sluice.harness;

import static dev.sluice.harness.Wire.frame;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What a client sends to a socket that sends messages back, and what it must hear. The cases are
 * those of the Autobahn suite (1 to 7 and 10: 247) by their numbers and descriptions, and stricter
 * where that leaves a choice: wrong bytes are answered with their close code.
 *
 * @param number as in Autobahn's reports
 * @param sent one after another
 * @param heard texts, binaries and pongs: the kind, and the payload as Latin-1
 * @param codes of the close that ends it, one of them
 * @param ours whether that is the client's to begin, once it has heard all
 */
public record SocketCase(
    String number, List<byte[]> sent, List<String> heard, Set<Integer> codes, boolean ours) {
  private static final int FIN = 0x80;
  private static final int TEXT = 1;
  private static final int BINARY = 2;
  private static final int CLOSE = 8;
  private static final int PING = 9;
  private static final int PONG = 10;
  private static final byte[] NONE = {};
  private static final String KOSME = "cebae1bdb9cf83cebcceb5"; // κόσμε
  private static final String EDITED = "656469746564"; // edited

  @Override
  public String toString() {
    return number;
  }

  /** All there are. */
  public static List<SocketCase> all() {
    List<SocketCase> all = new ArrayList<>();
    framing(all);
    pings(all);
    reserved(all);
    fragments(all);
    fragmentedTexts(all);
    utf8(all);
    closes(all);
    all.add(good("10.1.1", List.of(text(letters(65_536))), "text " + letters(65_536)));
    return all;
  }

  private static void framing(List<SocketCase> all) {
    int[] lengths = {0, 125, 126, 127, 128, 65_535, 65_536, 65_536};
    for (int i = 0; i < lengths.length; i++) {
      byte[] sent = text(letters(lengths[i]));
      all.add(good("1.1." + (i + 1), chopped(sent, i == 7 ? 997 : 0), told(TEXT, lengths[i])));
      sent = frame(FIN | BINARY, letters(lengths[i]).getBytes(StandardCharsets.ISO_8859_1));
      all.add(good("1.2." + (i + 1), chopped(sent, i == 7 ? 997 : 0), told(BINARY, lengths[i])));
    }
  }

  private static void pings(List<SocketCase> all) {
    byte[] odd = hex("00fffefdfcfb00ff");
    byte[] longest = repeated(0xFE, 125);
    all.add(good("2.1", List.of(frame(FIN | PING, NONE)), "pong "));
    all.add(good("2.2", List.of(ping("Hello, world!")), "pong Hello, world!"));
    all.add(good("2.3", List.of(frame(FIN | PING, odd)), "pong " + latin(odd)));
    all.add(good("2.4", List.of(frame(FIN | PING, longest)), "pong " + latin(longest)));
    all.add(bad("2.5", List.of(frame(FIN | PING, repeated(0xFE, 126)))));
    all.add(good("2.6", chopped(frame(FIN | PING, longest), 1), "pong " + latin(longest)));
    all.add(good("2.7", List.of(frame(FIN | PONG, NONE))));
    all.add(good("2.8", List.of(frame(FIN | PONG, bytes("unsolicited")))));
    all.add(good("2.9", List.of(frame(FIN | PONG, bytes("unsolicited")), ping("p")), "pong p"));
    List<byte[]> ten = IntStream.range(0, 10).mapToObj(i -> ping("ping " + i)).toList();
    String[] pongs = IntStream.range(0, 10).mapToObj(i -> "pong ping " + i).toArray(String[]::new);
    all.add(good("2.10", List.of(joined(ten)), pongs));
    all.add(good("2.11", chopped(joined(ten), 1), pongs));
  }

  /** Bits and opcodes that mean nothing: what was right before them is still answered. */
  private static void reserved(List<SocketCase> all) {
    byte[] hello = text("Hello");
    byte[] ping = ping("too late");
    for (int rsv = 1; rsv <= 4; rsv++) {
      byte[] wrong = frame(FIN | rsv << 4 | TEXT, bytes("reserved"));
      List<byte[]> sent = rsv == 1 ? List.of(wrong) : List.of(hello, wrong, ping);
      List<byte[]> packets = rsv == 3 ? sent : List.of(joined(sent));
      if (rsv == 4) packets = chopped(joined(sent), 1);
      all.add(bad("3." + rsv, packets, rsv == 1 ? new String[0] : new String[] {"text Hello"}));
    }
    all.add(bad("3.5", List.of(frame(FIN | 5 << 4 | BINARY, repeated(0xFF, 8)))));
    all.add(bad("3.6", List.of(frame(FIN | 6 << 4 | PING, bytes("reserved")))));
    all.add(bad("3.7", List.of(frame(FIN | 7 << 4 | CLOSE, NONE))));
    int[][] opcodes = {{3, 4, 5, 6, 7}, {11, 12, 13, 14, 15}};
    for (int kind = 0; kind < 2; kind++) {
      for (int i = 0; i < 5; i++) {
        byte[] wrong = frame(FIN | opcodes[kind][i], i % 2 == 0 ? NONE : bytes("opcode"));
        List<byte[]> sent = i < 2 ? List.of(wrong) : List.of(hello, wrong, ping);
        String[] heard = i < 2 ? new String[0] : new String[] {"text Hello"};
        List<byte[]> packets = i == 4 ? chopped(joined(sent), 1) : List.of(joined(sent));
        all.add(bad("4." + (kind + 1) + "." + (i + 1), packets, heard));
      }
    }
  }

  private static void fragments(List<SocketCase> all) {
    byte[] one = frame(TEXT, bytes("fragment1"));
    byte[] last = frame(FIN, bytes("fragment2"));
    byte[] more = frame(0, bytes("non-continuation payload"));
    byte[] end = frame(FIN, bytes("non-continuation payload"));
    byte[] hello = text("Hello, world!");
    String both = "text fragment1fragment2";
    all.add(bad("5.1", List.of(frame(PING, bytes("fragment1")), last)));
    all.add(bad("5.2", List.of(frame(PONG, bytes("fragment1")), last)));
    three(all, 3, List.of(one, last), both);
    three(all, 6, List.of(one, ping("ping"), last), "pong ping", both);
    for (int i = 0; i < 6; i++) {
      byte[] wrong = i < 3 ? end : more;
      all.add(bad("5." + (9 + i), packets(List.of(wrong, hello), i % 3)));
    }
    all.add(bad("5.15", List.of(one, last, more, hello), both));
    byte[] part = frame(TEXT, bytes("fragment1"));
    all.add(bad("5.16", List.of(joined(List.of(more, part, last, more, part, last)))));
    all.add(bad("5.17", List.of(joined(List.of(end, part, last, end, part, last)))));
    all.add(bad("5.18", List.of(one, text("fragment2"))));
    byte[] begun = joined(List.of(one, frame(0, bytes("fragment2")), ping("1!")));
    byte[] ended =
        joined(
            List.of(
                frame(0, bytes("fragment3")),
                frame(0, bytes("fragment4")),
                ping("2!"),
                frame(FIN, bytes("fragment5"))));
    String five = "text fragment1fragment2fragment3fragment4fragment5";
    all.add(good("5.19", List.of(begun, ended), "pong 1!", "pong 2!", five));
    all.add(good("5.20", chopped(joined(List.of(begun, ended)), 1), "pong 1!", "pong 2!", five));
  }

  /** In one packet, in one a frame, and in one a byte. */
  private static void three(List<SocketCase> all, int from, List<byte[]> sent, String... heard) {
    for (int i = 0; i < 3; i++) all.add(good("5." + (from + i), packets(sent, i), heard));
  }

  private static List<byte[]> packets(List<byte[]> sent, int way) {
    return way == 0 ? List.of(joined(sent)) : way == 1 ? sent : chopped(joined(sent), 1);
  }

  private static void fragmentedTexts(List<SocketCase> all) {
    byte[] nothing = frame(0, NONE);
    all.add(good("6.1.1", List.of(text("")), "text "));
    all.add(good("6.1.2", List.of(frame(TEXT, NONE), nothing, frame(FIN, NONE)), "text "));
    byte[] middle = frame(0, bytes("middle frame payload"));
    all.add(
        good(
            "6.1.3",
            List.of(frame(TEXT, NONE), middle, frame(FIN, NONE)),
            "text middle frame payload"));
    byte[] words = "Hello-µ@ßöäüàá-UTF-8!!".getBytes(StandardCharsets.UTF_8);
    byte[] greek = hex(KOSME);
    int cut = 12; // behind ö
    all.add(good("6.2.1", List.of(frame(FIN | TEXT, words)), "text " + latin(words)));
    all.add(
        good(
            "6.2.2",
            List.of(frame(TEXT, part(words, 0, cut)), frame(FIN, part(words, cut, words.length))),
            "text " + latin(words)));
    all.add(good("6.2.3", bytewise(words), "text " + latin(words)));
    all.add(good("6.2.4", bytewise(greek), "text " + latin(greek)));
    byte[] surrogate = hex(KOSME + "eda080" + EDITED);
    all.add(notUtf8("6.3.1", List.of(frame(FIN | TEXT, surrogate))));
    all.add(notUtf8("6.3.2", bytewise(surrogate).subList(0, 13))); // to its second byte
    failsAtOnce(all, 1, KOSME, "f4908080");
    failsAtOnce(all, 2, KOSME + "f4", "90");
  }

  /** What would end the message is never sent. */
  private static void failsAtOnce(List<SocketCase> all, int number, String good, String bad) {
    byte[] first = hex(good);
    byte[] second = hex(bad);
    List<byte[]> frames = List.of(frame(TEXT, first), frame(0, second));
    all.add(notUtf8("6.4." + number, frames));
    byte[] whole = frame(FIN | TEXT, hex(good + bad + EDITED));
    int left = EDITED.length() / 2;
    int begun = whole.length - left - second.length;
    List<byte[]> chops = List.of(part(whole, 0, begun), part(whole, begun, whole.length - left));
    all.add(notUtf8("6.4." + (number + 2), chops));
  }

  /** By Markus Kuhn's decoder stress test; each a message of one frame. */
  private static void utf8(List<SocketCase> all) {
    List<List<String>> groups = new ArrayList<>();
    groups.add(
        List.of(
            "+68656c6c6f24776f726c64",
            "+68656c6c6fc2a2776f726c64",
            "+68656c6c6fe282ac776f726c64",
            "+68656c6c6ff0a4ada2776f726c64",
            "+" + KOSME));
    groups.add(
        IntStream.rangeClosed(1, 11)
            .mapToObj(
                i -> (Set.of(2, 5, 7, 9, 11).contains(i) ? "+" : "-") + KOSME.substring(0, i * 2))
            .toList());
    groups.add(List.of("+00", "+c280", "+e0a080", "+f0908080"));
    groups.add(List.of("-f888808080", "-fc8480808080"));
    groups.add(List.of("+7f", "+dfbf", "+efbfbf", "+f48fbfbf"));
    groups.add(List.of("-f7bfbfbf", "-fbbfbfbfbf", "-fdbfbfbfbfbf"));
    groups.add(List.of("+ed9fbf", "+ee8080", "+efbfbd", "+f48fbfbf", "-f4908080"));
    List<String> continuations = new ArrayList<>(List.of("-80", "-bf"));
    for (int i = 2; i <= 6; i++) continuations.add("-" + "80bf".repeat(3).substring(0, i * 2));
    continuations.add("-" + run(0x80, 0xBF, ""));
    groups.add(continuations);
    groups.add(
        List.of(
            "-" + run(0xC0, 0xDF, "20"),
            "-" + run(0xE0, 0xEF, "20"),
            "-" + run(0xF0, 0xF7, "20"),
            "-" + run(0xF8, 0xFB, "20"),
            "-" + run(0xFC, 0xFD, "20")));
    List<String> cut =
        List.of(
            "c0",
            "e080",
            "f08080",
            "f8808080",
            "fc80808080",
            "df",
            "efbf",
            "f7bfbf",
            "fbbfbfbf",
            "fdbfbfbfbf");
    groups.add(cut.stream().map(bytes -> "-" + bytes).toList());
    groups.add(List.of("-" + String.join("", cut)));
    groups.add(List.of("-fe", "-ff", "-fefeffff"));
    groups.add(List.of("-c0af", "-e080af", "-f08080af", "-f8808080af", "-fc80808080af"));
    groups.add(List.of("-c1bf", "-e09fbf", "-f08fbfbf", "-f887bfbfbf", "-fc83bfbfbfbf"));
    groups.add(List.of("-c080", "-e08080", "-f0808080", "-f880808080", "-fc8080808080"));
    List<String> halves =
        List.of("eda080", "edadbf", "edae80", "edafbf", "edb080", "edbe80", "edbfbf");
    groups.add(halves.stream().map(half -> "-" + half).toList());
    List<String> pairs = new ArrayList<>();
    for (String high : halves.subList(0, 4)) {
      for (String low : List.of("edb080", "edbfbf")) pairs.add("-" + high + low);
    }
    groups.add(pairs);
    List<String> none = new ArrayList<>(List.of("+efbfbe", "+efbfbf")); // characters, yet no wrong
    for (int plane = 1; plane <= 16; plane++) {
      for (int low = 0xFFFE; low <= 0xFFFF; low++) {
        String character = Character.toString(plane << 16 | low);
        none.add("+" + HexFormat.of().formatHex(character.getBytes(StandardCharsets.UTF_8)));
      }
    }
    groups.add(none);
    groups.add(IntStream.rangeClosed(0xB9, 0xBF).mapToObj("+efbf%02x"::formatted).toList());
    for (int group = 0; group < groups.size(); group++) {
      List<String> texts = groups.get(group);
      for (int i = 0; i < texts.size(); i++) {
        String number = "6." + (group + 5) + "." + (i + 1);
        byte[] payload = hex(texts.get(i).substring(1));
        List<byte[]> sent = List.of(frame(FIN | TEXT, payload));
        if (texts.get(i).startsWith("-")) all.add(notUtf8(number, sent));
        else all.add(good(number, sent, "text " + latin(payload)));
      }
    }
  }

  private static void closes(List<SocketCase> all) {
    byte[] close = close(1000, "");
    byte[] hello = text("Hello World!");
    all.add(closed("7.1.1", 1000, List.of(hello, close), "text Hello World!"));
    all.add(closed("7.1.2", 1000, List.of(joined(List.of(close, close)))));
    all.add(closed("7.1.3", 1000, List.of(joined(List.of(close, ping("late"))))));
    all.add(closed("7.1.4", 1000, List.of(joined(List.of(close, hello)))));
    byte[] begun = frame(TEXT, bytes("fragment1"));
    byte[] ended = frame(FIN, bytes("fragment2"));
    all.add(closed("7.1.5", 1000, List.of(joined(List.of(begun, close, ended)))));
    String large = letters(256 << 10);
    byte[] together = joined(List.of(text(large), hello, close, ping("late")));
    all.add(closed("7.1.6", 1000, List.of(together), "text " + large, "text Hello World!"));
    all.add(closed("7.3.1", 1005, List.of(frame(FIN | CLOSE, NONE))));
    all.add(closed("7.3.2", 1002, List.of(frame(FIN | CLOSE, bytes("a")))));
    all.add(closed("7.3.3", 1000, List.of(close)));
    all.add(closed("7.3.4", 1000, List.of(close(1000, "Hello World!"))));
    all.add(closed("7.3.5", 1000, List.of(close(1000, letters(123)))));
    all.add(closed("7.3.6", 1002, List.of(close(1000, letters(124)))));
    byte[] surrogate = joined(List.of(hex("03e8"), hex(KOSME + "eda080" + EDITED)));
    all.add(closed("7.5.1", 1007, List.of(frame(FIN | CLOSE, surrogate))));
    int[] good = {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999};
    for (int i = 0; i < good.length; i++) {
      all.add(closed("7.7." + (i + 1), good[i], List.of(close(good[i], ""))));
    }
    int[] bad = {0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999};
    for (int i = 0; i < bad.length; i++) {
      all.add(closed("7.9." + (i + 1), 1002, List.of(close(bad[i], ""))));
    }
    all.add(closed("7.13.1", 1002, List.of(close(5000, ""))));
    all.add(closed("7.13.2", 1002, List.of(close(65_535, ""))));
  }

  private static SocketCase good(String number, List<byte[]> sent, String... heard) {
    return new SocketCase(number, sent, List.of(heard), Set.of(1000), true);
  }

  private static SocketCase bad(String number, List<byte[]> sent, String... heard) {
    return new SocketCase(number, sent, List.of(heard), Set.of(1002), false);
  }

  private static SocketCase notUtf8(String number, List<byte[]> sent) {
    return new SocketCase(number, sent, List.of(), Set.of(1007), false);
  }

  /** The client has said that it is over in what it sent. */
  private static SocketCase closed(String number, int code, List<byte[]> sent, String... heard) {
    return new SocketCase(number, sent, List.of(heard), Set.of(code), false);
  }

  private static String told(int opcode, int length) {
    return (opcode == TEXT ? "text " : "binary ") + letters(length);
  }

  private static byte[] text(String text) {
    return frame(FIN | TEXT, bytes(text));
  }

  private static byte[] ping(String text) {
    return frame(FIN | PING, bytes(text));
  }

  private static byte[] close(int code, String reason) {
    return frame(
        FIN | CLOSE, joined(List.of(new byte[] {(byte) (code >> 8), (byte) code}, bytes(reason))));
  }

  /** Each byte a frame of one message. */
  private static List<byte[]> bytewise(byte[] payload) {
    List<byte[]> frames = new ArrayList<>();
    for (int i = 0; i < payload.length; i++) {
      int first = (i == 0 ? TEXT : 0) | (i == payload.length - 1 ? FIN : 0);
      frames.add(frame(first, part(payload, i, i + 1)));
    }
    return frames;
  }

  /** In packets of so many bytes; 0, in one. */
  private static List<byte[]> chopped(byte[] bytes, int size) {
    if (size == 0) return List.of(bytes);
    List<byte[]> chops = new ArrayList<>();
    for (int at = 0; at < bytes.length; at += size) {
      chops.add(part(bytes, at, Math.min(bytes.length, at + size)));
    }
    return chops;
  }

  private static byte[] joined(List<byte[]> parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    parts.forEach(out::writeBytes);
    return out.toByteArray();
  }

  private static byte[] part(byte[] bytes, int from, int to) {
    return java.util.Arrays.copyOfRange(bytes, from, to);
  }

  private static byte[] repeated(int value, int times) {
    return hex("%02x".formatted(value).repeat(times));
  }

  /** From one byte to before the other, each with what is behind it. */
  private static String run(int from, int to, String behind) {
    StringBuilder hex = new StringBuilder();
    for (int value = from; value < to; value++) hex.append("%02x".formatted(value)).append(behind);
    return hex.toString();
  }

  private static String letters(int count) {
    return "*".repeat(count);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }

  private static String latin(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
