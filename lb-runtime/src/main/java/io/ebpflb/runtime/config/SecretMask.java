package io.ebpflb.runtime.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Keeps secret values out of messages. What is known to be a secret is hidden by its place in the
 * file. A line that cannot be bound (bad syntax, a misspelt key) is judged by its words: from the
 * first one that is near the name of a secret setting the rest is hidden.
 */
final class SecretMask {
  static final String HIDDEN = "***";
  private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_-]+");

  private Set<String> names;
  private final List<int[]> spans = new ArrayList<>();

  /**
   * @param names keys of all secret settings that any installed extension knows
   */
  SecretMask(Set<String> names) {
    know(names);
  }

  /** Instead of the names that it was made with; to be called before anything is shown. */
  void know(Set<String> secretNames) {
    names = Set.copyOf(secretNames);
  }

  boolean isNearSecret(String key) {
    return names.stream().anyMatch(name -> NearNames.isNear(key, name));
  }

  /** Whether a key path ends with a secret setting or an element of one. */
  boolean endsInSecret(String path) {
    String last = path.substring(path.lastIndexOf(' ') + 1);
    int index = last.indexOf('[');
    return isNearSecret(index < 0 ? last : last.substring(0, index));
  }

  /** Hides a value in each line that shows it. */
  void add(TomlNode value) {
    if (value instanceof TomlTable table && table.origin() != TomlTable.Origin.INLINE) {
      table.entries().forEach(entry -> add(entry.value()));
    } else if (value instanceof TomlArray array && array.isOfHeaders()) {
      array.elements().forEach(this::add);
    } else {
      spans.add(new int[] {value.start(), value.end()});
    }
  }

  /** Hides what has the name of a secret setting, for tables that nothing may be bound to. */
  void addNamed(TomlNode within) {
    if (within instanceof TomlArray array) {
      array.elements().forEach(this::addNamed);
    } else if (within instanceof TomlTable table) {
      for (TomlTable.Entry entry : table.entries()) {
        if (names.contains(entry.key())) {
          add(entry.value());
        } else {
          addNamed(entry.value());
        }
      }
    }
  }

  /** Whether a value is known to be secret, or a part of one that is. */
  boolean hides(TomlNode value) {
    return spans.stream().anyMatch(span -> span[0] <= value.start() && value.end() <= span[1]);
  }

  /** Replaces the values that are known to be secret, and whatever comments say of such. */
  void hideAll(TomlDocument document, SourceText source, TextEdits edits) {
    int end = 0;
    for (int[] span : spans.stream().sorted((a, b) -> Integer.compare(a[0], b[0])).toList()) {
      if (span[0] >= end) {
        edits.replace(span[0], span[1], '"' + HIDDEN + '"');
        end = span[1];
      }
    }
    for (TomlDocument.Comment comment : document.comments()) {
      String shown = hide(source.text(), comment.start(), comment.end());
      if (shown.endsWith(HIDDEN)) {
        edits.replace(comment.start(), comment.end(), shown);
      }
    }
  }

  /** A message that a plugin's record made may quote its secret. */
  static String hideTexts(String message, TomlNode secret) {
    if (secret instanceof TomlScalar scalar) {
      String text = String.valueOf(scalar.value());
      return text.isEmpty() ? message : message.replace(text, HIDDEN);
    }
    String shown = message;
    if (secret instanceof TomlArray array) {
      for (TomlNode element : array.elements()) {
        shown = hideTexts(shown, element);
      }
    } else if (secret instanceof TomlTable table) {
      for (TomlTable.Entry entry : table.entries()) {
        shown = hideTexts(shown, entry.value());
      }
    }
    return shown;
  }

  /** The part {@code [start, end)} of the file, which is one line, fit to be shown. */
  String hide(String file, int start, int end) {
    StringBuilder out = new StringBuilder(file.substring(start, end));
    spans.stream()
        .filter(span -> span[0] < end && span[1] > start)
        .sorted((a, b) -> Integer.compare(b[0], a[0]))
        .forEach(
            span ->
                out.replace(
                    Math.max(span[0], start) - start, Math.min(span[1], end) - start, HIDDEN));
    Matcher word = WORD.matcher(out);
    while (word.find()) {
      if (isNearSecret(word.group())) {
        String rest = out.substring(word.end());
        int value = word.end() + (rest.startsWith(" = ") ? 3 : 0);
        return value == out.length() ? out.toString() : out.substring(0, value) + HIDDEN;
      }
    }
    return out.toString();
  }
}
