package io.ebpflb.plugin.healthhttp;

import java.util.BitSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Status codes as an operator writes them: {@code 200,204,300-399}. */
final class StatusCodes {
  private static final Pattern ITEM = Pattern.compile("([1-5][0-9]{2})(?:-([1-5][0-9]{2}))?");

  private final String text;
  private final BitSet codes;

  private StatusCodes(String text, BitSet codes) {
    this.text = text;
    this.codes = codes;
  }

  static StatusCodes parse(String text) {
    BitSet codes = new BitSet();
    for (String item : text.split(",", -1)) {
      Matcher matcher = ITEM.matcher(item.strip());
      if (!matcher.matches()) {
        throw new IllegalArgumentException(
            "expected-codes \"%s\": not codes of 100..599 and ranges such as \"200,300-399\""
                .formatted(text.replaceAll("\\p{Cntrl}", "?")));
      }
      int first = Integer.parseInt(matcher.group(1));
      int last = matcher.group(2) == null ? first : Integer.parseInt(matcher.group(2));
      if (last < first) {
        throw new IllegalArgumentException(
            "expected-codes \"%s\": %d-%d goes backwards".formatted(text, first, last));
      }
      codes.set(first, last + 1);
    }
    return new StatusCodes(text, codes);
  }

  boolean contain(int code) {
    return codes.get(code);
  }

  @Override
  public String toString() {
    return text;
  }
}
