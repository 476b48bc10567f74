import type { Item, Properties } from "./types";

interface Goods {
  items: Item[];
  [name: string]: Properties[string] | Item[];
}
interface Order extends Goods {
  order_id: string;
  /** What is paid, a whole number of fen. */
  value: number;
  currency?: string;
  coupon_id?: string;
}

/** The events of a shop, by their names in the vocabulary; money is in whole fen. */
export interface Shop {
  viewItemList(said: Goods & { list_name?: string }): void;
  selectItem(said: Goods): void;
  viewItem(said: Goods): void;
  addToCart(said: Goods): void;
  removeFromCart(said: Goods): void;
  addToWishlist(said: Goods): void;
  viewCart(said: Goods & { value?: number }): void;
  beginCheckout(said: Goods & { value?: number; coupon_id?: string }): void;
  purchase(said: Order): void;
  refund(said: {
    order_id: string;
    refund_value: number;
    items?: Item[];
    full?: boolean;
    reason?: string;
  }): void;
  search(said: {
    search_term: string;
    search_type?: string;
    results?: number;
  }): void;
  signUp(said?: { method?: string }): void;
  login(said?: { method?: string }): void;
  couponClaim(said: { coupon_id: string; coupon_name?: string }): void;
  liveEnter(said: { show_id: string; show_title?: string }): void;
  liveLeave(said: { show_id: string; duration?: number }): void;
  postView(said: { post_id: string; post_title?: string }): void;
}

export const SHOP =
  "view_item_list select_item view_item add_to_cart remove_from_cart add_to_wishlist view_cart begin_checkout purchase refund search sign_up login coupon_claim live_enter live_leave post_view".split(
    " ",
  );

export function camel(name: string): string {
  return name.replace(/_(.)/g, (_, sign: string) => sign.toUpperCase());
}
