package io.ebpflb.runtime.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects what is wrong with a file and renders it in file order. */
final class Problems {
  /** The place of something that is not in the file at all. */
  static final int NOWHERE = -1;

  static final int SHOWN_MAX = 100;
  private static final int LINE_WIDTH_MAX = 100;

  private final SourceText source;
  private final SecretMask mask;
  private final Set<Problem> problems = new LinkedHashSet<>();
  private final Set<Reported> reported = new HashSet<>();

  Problems(SourceText source, SecretMask mask) {
    this.source = source;
    this.mask = mask;
  }

  private record Reported(int offset, String what) {}

  private record Problem(
      int offset, String path, String what, String expected, List<String> near) {}

  void add(int offset, String path, String what) {
    add(offset, path, what, "");
  }

  /**
   * @param expected shown below the source line; empty: nothing to add
   */
  void add(int offset, String path, String what, String expected) {
    add(offset, path, what, expected, List.of());
  }

  /**
   * @param near at most three names that may have been meant
   */
  void add(int offset, String path, String what, String expected, List<String> near) {
    reported.add(new Reported(offset, what));
    problems.add(new Problem(offset, path, what, expected, List.copyOf(near)));
  }

  boolean isReported(int offset, String what) {
    return reported.contains(new Reported(offset, what));
  }

  boolean isEmpty() {
    return problems.isEmpty();
  }

  SourceText source() {
    return source;
  }

  SecretMask mask() {
    return mask;
  }

  void throwIfAny() throws ConfigException {
    if (problems.isEmpty()) {
      return;
    }
    List<String> rendered =
        problems.stream()
            .sorted(Comparator.comparingInt(Problem::offset))
            .limit(SHOWN_MAX)
            .map(this::render)
            .toList();
    int count = problems.size();
    StringBuilder message = new StringBuilder();
    rendered.forEach(text -> message.append(text).append('\n'));
    message.append(count).append(count == 1 ? " problem in " : " problems in ");
    message.append(source.name());
    if (count > SHOWN_MAX) {
      message.append(", the first ").append(SHOWN_MAX).append(" are shown");
    }
    throw new ConfigException(message.append("; nothing was changed").toString(), rendered);
  }

  private String render(Problem problem) {
    int line = problem.offset() == NOWHERE ? 1 : source.line(problem.offset());
    StringBuilder out = new StringBuilder();
    out.append(source.name()).append(':').append(line).append(": ");
    if (!problem.path().isEmpty()) {
      out.append(Printable.text(problem.path())).append(": ");
    }
    out.append(Printable.text(problem.what()));
    if (problem.offset() != NOWHERE) {
      out.append(String.format("\n%6d | %s", line, sourceLine(line, problem)));
      out.setLength(out.toString().stripTrailing().length());
    }
    List<String> hints = new ArrayList<>();
    // A long list of names does not help when the name that was meant stands beside it.
    if (!problem.expected().isEmpty()
        && (problem.near().isEmpty() || problem.expected().length() <= LINE_WIDTH_MAX)) {
      hints.add(Printable.text(problem.expected()));
    }
    if (!problem.near().isEmpty()) {
      hints.add("did you mean: " + String.join(", ", problem.near()));
    }
    if (!hints.isEmpty()) {
      out.append("\n    ").append(String.join("      ", hints));
    }
    return out.toString();
  }

  /** A long line is cut around the place that is meant. */
  private String sourceLine(int line, Problem problem) {
    int start = source.lineStart(line);
    int end = source.lineEnd(line);
    String shown = Printable.text(mask.hide(source.text(), start, end));
    if (mask.endsInSecret(problem.path()) && shown.length() == end - start) {
      return SecretMask.HIDDEN;
    }
    if (shown.length() <= LINE_WIDTH_MAX) {
      return shown;
    }
    int place = mask.hide(source.text(), start, problem.offset()).length();
    int from = Math.max(0, Math.min(place - LINE_WIDTH_MAX / 2, shown.length() - LINE_WIDTH_MAX));
    int to = from + LINE_WIDTH_MAX;
    return (from > 0 ? "…" : "") + shown.substring(from, to) + (to < shown.length() ? "…" : "");
  }
}
