package io.ebpflb.runtime.dataplane;

import com.sun.jna.Pointer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;

/** The types of a BPF object, as its BTF tells them. */
final class Btf {
  private static final int KIND_STRUCT = 4;
  private static final int KIND_ENUM = 6;
  private static final int KIND_DATASEC = 15;

  private static final int HEADER_BYTES = 12;
  private static final int MEMBER_BYTES = 12;
  private static final int ENUMERATOR_BYTES = 8;

  private final long handle;

  Btf(long handle) {
    if (handle == 0) {
      throw new IllegalStateException("the object has no BTF; compile it with -g");
    }
    this.handle = handle;
  }

  /**
   * @param offsets of the members, in bytes
   */
  record Structure(int size, Map<String, Integer> offsets) {}

  /** A structure by its tag. */
  Structure structure(String name) {
    Pointer type = find(KIND_STRUCT, name);
    Map<String, Integer> offsets = new LinkedHashMap<>();
    for (int i = 0; i < entryCount(type); i++) {
      long member = HEADER_BYTES + (long) i * MEMBER_BYTES;
      // The low 24 bits hold the position, whether the structure has bit fields or not.
      offsets.put(nameAt(type, member), (type.getInt(member + 8) & 0xffffff) / Byte.SIZE);
    }
    return new Structure(type.getInt(8), offsets);
  }

  /** An enumeration's values in the order of their declaration. */
  Map<String, Integer> enumeration(String name) {
    Pointer type = find(KIND_ENUM, name);
    Map<String, Integer> values = new LinkedHashMap<>();
    for (int i = 0; i < entryCount(type); i++) {
      long enumerator = HEADER_BYTES + (long) i * ENUMERATOR_BYTES;
      values.put(nameAt(type, enumerator), type.getInt(enumerator + 4));
    }
    return values;
  }

  /** Where a global variable lies in its section. */
  int variableOffset(String section, String variable) {
    Pointer type = find(KIND_DATASEC, section);
    for (int i = 0; i < entryCount(type); i++) {
      long entry = HEADER_BYTES + (long) i * MEMBER_BYTES;
      if (nameAt(typeAt(type.getInt(entry)), 0).equals(variable)) {
        return type.getInt(entry + 4);
      }
    }
    throw new NoSuchElementException("no variable " + variable + " in section " + section);
  }

  private Pointer find(int kind, String name) {
    int count = LibBpf.btf__type_cnt(handle);
    for (int id = 1; id < count; id++) {
      Pointer type = typeAt(id);
      if (kind(type) == kind && nameAt(type, 0).equals(name)) {
        return type;
      }
    }
    throw new NoSuchElementException("no type " + name);
  }

  private Pointer typeAt(int id) {
    Pointer type = LibBpf.btf__type_by_id(handle, id);
    if (type == null) {
      throw new NoSuchElementException("no type with id " + id);
    }
    return type;
  }

  private String nameAt(Pointer type, long offset) {
    return LibBpf.btf__name_by_offset(handle, type.getInt(offset));
  }

  private static int kind(Pointer type) {
    return type.getInt(4) >>> 24 & 0x1f;
  }

  private static int entryCount(Pointer type) {
    return type.getInt(4) & 0xffff;
  }
}
