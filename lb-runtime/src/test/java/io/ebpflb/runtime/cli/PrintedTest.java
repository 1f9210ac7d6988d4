package io.ebpflb.runtime.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrintedTest {

  @Test
  void longLinesAreBrokenBetweenWords() {
    assertThat(Printed.wrapped("short", 9)).containsExactly("short");
    assertThat(Printed.wrapped("four four", 9)).containsExactly("four four");
    assertThat(Printed.wrapped("four fives four", 9)).containsExactly("four", "fives", "four");
    assertThat(Printed.wrapped("longerthanall y z", 9)).containsExactly("longerthanall", "y z");
  }

  @Test
  void wordsOfOthersStayOnOneLine() {
    assertThat(Printed.oneLine("a\nb\t c\u001b[2J")).isEqualTo("a b c?[2J");
  }
}
