"""The wing that people drive: faces that parse, call one service method and write the answer."""
