/** The date objects that antd's pickers take. */
import dayjs from "dayjs";
import "dayjs/locale/zh-cn";

export { dayjs };
export type { Dayjs } from "dayjs";
