package io.ebpflb.runtime.plugin;

import java.io.DataInputStream;
import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;

/**
 * The constants of a class file by their index (JVMS section 4.4), as far as {@link ClassFile}
 * needs them; {@code null} for others. Methods of a malformed one throw what Java throws.
 */
record ConstantPool(Object[] constants) {
  private record ClassName(int text) {}

  private record Named(int name) {}

  private record Method(int owner, int named) {}

  static ConstantPool read(DataInputStream in) throws IOException {
    Object[] constants = new Object[in.readUnsignedShort()];
    for (int i = 1; i < constants.length; i++) {
      int tag = in.readUnsignedByte();
      switch (tag) {
        case 1 -> constants[i] = in.readUTF();
        case 7 -> constants[i] = new ClassName(in.readUnsignedShort());
        case 10, 11 -> constants[i] = new Method(in.readUnsignedShort(), in.readUnsignedShort());
        case 12 -> {
          constants[i] = new Named(in.readUnsignedShort());
          in.skipNBytes(2);
        }
        case 5, 6 -> {
          // A long or double takes two places.
          in.skipNBytes(8);
          i++;
        }
        case 3, 4, 9, 17, 18 -> in.skipNBytes(4);
        case 15 -> in.skipNBytes(3);
        case 8, 16, 19, 20 -> in.skipNBytes(2);
        default -> throw new IOException("constant of unknown kind " + tag);
      }
    }
    return new ConstantPool(constants);
  }

  String text(int index) {
    return (String) constants[index];
  }

  String className(int index) {
    return text(((ClassName) constants[index]).text()).replace('/', '.');
  }

  /** Of all classes and interfaces that are referred to; of an array those of its elements. */
  Set<String> classNames() {
    Set<String> names = new TreeSet<>();
    for (int i = 1; i < constants.length; i++) {
      if (constants[i] instanceof ClassName) {
        String name = className(i);
        if (!name.startsWith("[")) {
          names.add(name);
        } else if (name.endsWith(";")) {
          names.add(name.substring(name.lastIndexOf('[') + 2, name.length() - 1));
        }
      }
    }
    return names;
  }

  /** {@code java.lang.System.exit}, of all methods that are referred to. */
  Set<String> methodNames() {
    Set<String> names = new TreeSet<>();
    for (Object constant : constants) {
      if (constant instanceof Method method) {
        String name = text(((Named) constants[method.named()]).name());
        names.add(className(method.owner()) + "." + name);
      }
    }
    return names;
  }
}
