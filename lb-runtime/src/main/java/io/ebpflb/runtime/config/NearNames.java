package io.ebpflb.runtime.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Finds what may have been meant by a misspelt name; nothing when nothing is near. */
public final class NearNames {
  private static final int SUGGESTIONS_MAX = 3;
  private static final int LENGTH_MAX = 64;

  private NearNames() {}

  /** The nearest first. */
  public static List<String> of(String name, Collection<String> known) {
    return known.stream()
        .filter(candidate -> isNear(name, candidate))
        .sorted(
            Comparator.comparingInt((String candidate) -> distance(name, candidate))
                .thenComparing(Comparator.naturalOrder()))
        .limit(SUGGESTIONS_MAX)
        .toList();
  }

  /** One slip in a short name, two in a longer one, three in a very long one. */
  static boolean isNear(String name, String known) {
    int slipsMax = known.length() <= 5 ? 1 : known.length() <= 10 ? 2 : 3;
    return Math.abs(name.length() - known.length()) <= slipsMax
        && known.length() > slipsMax
        && name.length() <= LENGTH_MAX
        && distance(name, known) <= slipsMax;
  }

  /** Insertions, deletions, replacements and swaps of neighbours; case does not count. */
  private static int distance(String left, String right) {
    String a = left.toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    String b = right.toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int replace = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        d[i][j] = Math.min(replace, Math.min(d[i - 1][j], d[i][j - 1]) + 1);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
