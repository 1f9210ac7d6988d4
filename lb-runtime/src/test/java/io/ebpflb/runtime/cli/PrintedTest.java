package io.ebpflb.runtime.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrintedTest {

  @Test
  void longLinesAreBrokenBetweenWords() {
    String word = "x".repeat(39);

    assertThat(Printed.wrapped("short", "  ")).isEqualTo("short\n");
    assertThat(Printed.wrapped(word + " " + word + "x", "  ")).isEqualTo(word + " " + word + "x\n");
    assertThat(Printed.wrapped(word + " " + word + "xx " + word, "  "))
        .isEqualTo(word + "\n  " + word + "xx\n  " + word + "\n");
    assertThat(Printed.wrapped("x".repeat(100) + " y", "  "))
        .isEqualTo("x".repeat(100) + "\n  y\n");
  }

  @Test
  void wordsOfOthersStayOnOneLine() {
    assertThat(Printed.oneLine("a\nb\t c\u001b[2J")).isEqualTo("a b c?[2J");
  }
}
