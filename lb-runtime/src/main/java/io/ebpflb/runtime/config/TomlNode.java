package io.ebpflb.runtime.config;

/** A value in the file, with its place: the offsets of its first character and behind its last. */
sealed interface TomlNode permits TomlScalar, TomlArray, TomlTable {
  int start();

  int end();

  /** For messages: {@code the integer 80}. */
  String describe();
}
