CREATE TABEL broken (id int);
