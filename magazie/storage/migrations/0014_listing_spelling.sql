-- Codes that differ in letter case or in the blanks around them are one code.

-- ShopCatalogue ------------------------------------------------------------------------------

CREATE INDEX listing_spelling ON listing (shop, lower(trim(sku)));
